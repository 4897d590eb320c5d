import type { TenantSql } from '../kernel/database/sql.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { findTiers, lockTiers, updateTier, type TierRowData } from './repository.ts';
import type { TiersChange } from './schema.ts';

export const readTiers = (sql: TenantSql): Promise<TierRowData[]> => findTiers(sql);

/** Changes all tiers at once, in the caller's transaction. @throws VersionChanged when one of them was changed since it was read */
export async function replaceTiers(
  sql: TenantSql,
  version: number,
  { data }: TiersChange,
  audit: AuditPen = noAudit,
): Promise<TierRowData[]> {
  const locked = await lockTiers(sql);
  if (locked.reduce((sum, row) => sum + row.version, 0) !== version) throw VersionChanged();
  const before = await readTiers(sql);
  for (const row of data) await updateTier(sql, row);
  const changed = await readTiers(sql);
  audit.note({ before: byTier(before), after: byTier(changed) });
  return changed;
}

/** What the audit log compares. */
const byTier = (rows: readonly TierRowData[]) =>
  Object.fromEntries(rows.map(({ tier, version: _version, ...what }) => [tier, what]));
