import { authorize } from '../access/index.ts';
import type { AddedImage, Files, Purpose } from '../files/index.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { findBrand } from './repository.ts';

/**
 * Keeps a picture for a brand's look; it shows once the brand's settings name its address.
 * @throws NotFound for a brand outside the actor's subtree; NotAnImage, ImageTooLarge, TooManyFiles
 */
export async function addAsset(
  files: Pick<Files, 'addImage'>,
  { sql, actor }: Pick<RequestContext, 'sql' | 'actor'>,
  input: { brandId: string; purpose: Purpose; data: Buffer },
): Promise<AddedImage> {
  const brand = await findBrand(sql, input.brandId);
  authorize(actor, 'update', 'Brand', brand);
  return files.addImage(sql, { ...input, uploadedBy: actor.kind === 'user' ? actor.id : null });
}
