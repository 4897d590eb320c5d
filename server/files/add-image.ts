import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { FairShare } from '../kernel/http/fair-share.ts';
import { newId } from '../kernel/ids.ts';
import { redrawImage } from '../kernel/uploads/redraw-image.ts';
import { TooManyFiles } from './errors.ts';
import { filePath, PURPOSES, type FileStore, type Purpose } from './file.ts';
import { countAfterCleaning } from './repository.ts';
import { signPath } from './signed-path.ts';

const MAX_FILES = 200;

export interface AddImageDeps {
  store: FileStore<TenantSql>;
  clock: Clock;
  /** Drawing takes a core: a tenant draws one picture at a time. */
  drawing: FairShare;
}

export interface AddedImage {
  id: string;
  /** What a brand's settings name; public once they do. */
  path: string;
  /** Opens the picture for 15 minutes, published or not. */
  previewPath: string;
  width: number;
  height: number;
}

/**
 * Draws an uploaded picture anew and keeps it, private until the brand's settings name it.
 * @throws NotAnImage, ImageTooLarge, TooManyFiles, TooManyRequests
 */
export async function addImage(
  { store, clock, drawing }: AddImageDeps,
  sql: TenantSql,
  input: { brandId: string; purpose: Purpose; data: Buffer; uploadedBy: string | null },
): Promise<AddedImage> {
  if ((await countAfterCleaning(sql, input.brandId)) >= MAX_FILES) throw TooManyFiles({ limit: MAX_FILES });
  const image = await drawing.run(sql.tenant.id, () => redrawImage(input.data, PURPOSES[input.purpose]));
  const file = {
    ...input,
    ...image,
    id: newId(),
    digest: createHash('sha256').update(image.data).digest('base64url'),
  };
  await store.put(sql, file);
  const path = filePath(file);
  const previewPath = signPath(sql.vault.derive('files'), path, clock.now());
  return { id: file.id, path, previewPath, width: image.width, height: image.height };
}
