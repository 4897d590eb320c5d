import { authorize } from '../access/index.ts';
import type { Files } from '../files/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { ValidationFailed } from '../kernel/errors.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { checkLook, type BrandThemes } from './check-look.ts';
import { findBrand, getBrand, updateBrand, type BrandRecord } from './repository.ts';
import type { BrandChange } from './schema.ts';

/** @throws NotFound for a brand outside the actor's subtree */
export async function readBrand(sql: TenantSql, actor: Actor, id: string): Promise<BrandRecord> {
  const brand = await findBrand(sql, id);
  authorize(actor, 'read', 'Brand', brand);
  return brand;
}

/**
 * Changes what a brand looks like and says of itself; every process shows it at its next request.
 * @throws NotFound, ThemeUnknown, VersionChanged, ValidationFailed for settings the (new) theme does not take
 */
export async function changeBrand(
  deps: {
    themes: BrandThemes;
    files: Pick<Files, 'publish'>;
    hostResolver: { invalidate(hostname: string): Promise<void> };
  },
  sql: TenantSql,
  actor: Actor,
  { id, version, change }: { id: string; version: number; change: BrandChange },
  audit: AuditPen = noAudit,
): Promise<BrandRecord> {
  const brand = await findBrand(sql, id);
  authorize(actor, 'update', 'Brand', brand);
  if (brand.version !== version) throw VersionChanged();
  if (change.theme !== undefined || change.settings !== undefined) {
    checkLook(deps.themes, change.theme ?? brand.theme, change.settings ?? brand.settings);
    await publishPictures(deps.files, sql, id, change.settings ?? {});
  }
  await updateBrand(sql, { id, version }, change);
  await deps.hostResolver.invalidate(brand.hostname);
  const changed = await getBrand(sql, id);
  audit.note({ subject: { label: brand.name }, before: factsOf(brand), after: factsOf(changed) });
  return changed;
}

/** What the audit log compares. */
const factsOf = ({ name, theme, settings, legal, senderName, defaultLocale }: BrandRecord) => ({
  name,
  theme,
  settings,
  legal,
  senderName,
  defaultLocale,
});

/** Pictures that the settings name become public; one of another brand, or none of ours, is refused. */
async function publishPictures(
  files: Pick<Files, 'publish'>,
  sql: TenantSql,
  brandId: string,
  settings: Record<string, string>,
): Promise<void> {
  const foreign = await files.publish(sql, brandId, Object.values(settings));
  if (foreign.length === 0) return;
  throw ValidationFailed({
    errors: Object.entries(settings)
      .filter(([, value]) => foreign.includes(value))
      .map(([name]) => ({
        pointer: `/settings/${name}`,
        code: 'picture_unknown',
        detail: `${name}: there is no such picture of this brand. Upload it again.`,
      })),
  });
}
