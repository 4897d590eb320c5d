import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { readPromoCode } from './edit-codes.ts';
import { listUses, sumDiscounts, type PromoRow, type UseRow } from './repository.ts';

export type { PromoRow } from './repository.ts';

/** What bookings were reduced by, code by code; minor units. */
export const readDiscounts = (sql: TenantSql, codes: readonly PromoRow[]): Promise<Map<string, number>> =>
  sumDiscounts(
    sql,
    codes.map(({ id }) => id),
  );

/** A code of the actor's own level with its uses, oldest first. @throws NotFound */
export async function readUses(
  sql: TenantSql,
  actor: Actor,
  id: string,
): Promise<{ code: PromoRow; uses: readonly UseRow[] }> {
  const code = await readPromoCode(sql, actor, id);
  return { code, uses: await listUses(sql, id) };
}
