import type { TenantSql } from '../kernel/database/sql.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { findTiers, lockTiers, updateTier, type TierRowData } from './repository.ts';
import type { TiersChange } from './schema.ts';

export const readTiers = (sql: TenantSql): Promise<TierRowData[]> => findTiers(sql);

/** Changes all tiers at once, in the caller's transaction. @throws VersionChanged when one of them was changed since it was read */
export async function replaceTiers(sql: TenantSql, version: number, { data }: TiersChange): Promise<TierRowData[]> {
  const current = await lockTiers(sql);
  if (current.reduce((sum, row) => sum + row.version, 0) !== version) throw VersionChanged();
  for (const row of data) await updateTier(sql, row);
  return readTiers(sql);
}
