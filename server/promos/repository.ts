import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import type { MarkupMatch } from '../pricing/index.ts';
import { PromoCodeUsedMore } from './errors.ts';
import type { PromoValue } from './promo-code.ts';

export interface PromoRow {
  id: string;
  ownerAgencyId: string | null;
  code: string;
  name: string;
  value: PromoValue;
  currency: string;
  match: MarkupMatch;
  saleFrom: Date | null;
  saleTo: Date | null;
  minTotalMinor: number;
  maxUses: number | null;
  maxPerCustomer: number | null;
  uses: number;
  resellerBp: number;
  stacksWithRules: boolean;
  combinable: boolean;
  state: 'active' | 'paused' | 'deleted';
  createdAt: Date;
  version: number;
}

const COLUMNS = {
  id: 'id',
  ownerAgencyId: 'owner_agency_id',
  code: 'code',
  name: 'name',
  value: 'value',
  currency: 'currency',
  match: 'match',
  saleFrom: 'sale_from',
  saleTo: 'sale_to',
  minTotalMinor: 'min_total_minor',
  maxUses: 'max_uses',
  maxPerCustomer: 'max_per_customer',
  uses: 'uses',
  resellerBp: 'reseller_bp',
  stacksWithRules: 'stacks_with_rules',
  combinable: 'combinable',
  state: 'state',
  createdAt: 'created_at',
  version: 'version',
};

export type PromoFields = Omit<PromoRow, 'id' | 'ownerAgencyId' | 'currency' | 'uses' | 'createdAt' | 'version'>;

export const keyOf = (code: string): string => code.trim().toUpperCase();

const toColumns = (fields: PromoFields) => ({
  code: fields.code,
  code_key: keyOf(fields.code),
  name: fields.name,
  value: json(fields.value),
  match: json(fields.match),
  sale_from: fields.saleFrom,
  sale_to: fields.saleTo,
  min_total_minor: fields.minTotalMinor,
  max_uses: fields.maxUses,
  max_per_customer: fields.maxPerCustomer,
  reseller_bp: fields.resellerBp,
  stacks_with_rules: fields.stacksWithRules,
  combinable: fields.combinable,
  state: fields.state,
});

/** Codes of one level that were not deleted. */
export const selectPromoCodes = (ownerAgencyId: string | null) =>
  q('promo_codes').where({ owner_agency_id: ownerAgencyId }).whereNot({ state: 'deleted' }).select(COLUMNS);

export const findPromoCode = (sql: TenantSql, ownerAgencyId: string | null, id: string) =>
  sql.one<PromoRow>(selectPromoCodes(ownerAgencyId).where({ id }));

/** A seller's codes by what was typed: its own, and the reseller's; its own stand first. */
export const findByKeys = (sql: TenantSql, sellerAgencyId: string | null, keys: readonly string[]) =>
  sql.all<PromoRow & { codeKey: string }>(
    q('promo_codes')
      .where({ state: 'active' })
      .whereIn('code_key', keys)
      .where((any) => void any.whereNull('owner_agency_id').orWhere({ owner_agency_id: sellerAgencyId }))
      .orderByRaw('owner_agency_id nulls last')
      .select({ ...COLUMNS, codeKey: 'code_key' }),
  );

export async function insertPromoCode(
  sql: TenantSql,
  id: string,
  given: { ownerAgencyId: string | null; currency: string },
  fields: PromoFields,
): Promise<boolean> {
  const written = await sql.run(
    q('promo_codes')
      .insert({ id, owner_agency_id: given.ownerAgencyId, currency: given.currency, ...toColumns(fields) })
      .onConflict(q.raw(`(owner_agency_id, code_key) where state <> 'deleted'`))
      .ignore(),
  );
  return written === 1;
}

/** @throws VersionChanged, PromoCodeUsedMore */
export async function updatePromoCode(
  sql: TenantSql,
  { id, version }: { id: string; version: number },
  fields: PromoFields | 'delete',
): Promise<void> {
  const change = fields === 'delete' ? { state: 'deleted' } : toColumns(fields);
  const written = await sql.run(
    q('promo_codes')
      .where({ id, version })
      .whereRaw('uses <= coalesce(?::int, uses)', [fields === 'delete' ? null : fields.maxUses])
      .update({ ...change, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
  if (written > 0) return;
  const still = await sql.one<{ uses: number }>(q('promo_codes').where({ id, version }).select('uses'));
  throw still ? PromoCodeUsedMore({ uses: still.uses }) : VersionChanged();
}

/** Whether a level has another code that reads the same. */
export const hasKey = async (sql: TenantSql, ownerAgencyId: string | null, code: string, butId: string) =>
  (await sql.one(
    selectPromoCodes(ownerAgencyId)
      .where({ code_key: keyOf(code) })
      .whereNot({ id: butId }),
  )) !== undefined;

/** Takes one use, unless there is none left. The code's row stays locked until the transaction ends: uses are counted one after the other. */
export const takeUse = async (sql: TenantSql, codeId: string): Promise<boolean> =>
  (await sql.run(
    q('promo_codes')
      .where({ id: codeId, state: 'active' })
      .whereRaw('(max_uses is null or uses < max_uses)')
      .update({ uses: q.raw('uses + 1') }),
  )) === 1;

/** Uses of a code by bookings with the contact's address, whatever name or account they were made under. */
export async function countUsesBy(sql: TenantSql, codeId: string, contactIndex: string): Promise<number> {
  const row = await sql.one<{ uses: number }>(
    q('promo_redemptions as r')
      .join('bookings as b', 'b.id', 'r.booking_id')
      .where({ 'r.code_id': codeId, 'r.state': 'reserved', 'b.contact_index': contactIndex })
      .select(q.raw('count(*)::int as uses')),
  );
  return row?.uses ?? 0;
}

export const insertRedemption = (
  sql: TenantSql,
  row: { codeId: string; bookingId: string; discountMinor: number; currency: string },
) =>
  sql.run(
    q('promo_redemptions').insert({
      code_id: row.codeId,
      booking_id: row.bookingId,
      discount_minor: row.discountMinor,
      currency: row.currency,
    }),
  );

/** Gives the uses of a booking back, once. */
export const releaseUses = (sql: TenantSql, bookingId: string) =>
  sql.run(
    q.raw(
      `with released as (
         update promo_redemptions set state = 'released' where booking_id = ? and state = 'reserved' returning code_id
       )
       update promo_codes set uses = uses - 1 where id in (select code_id from released)`,
      [bookingId],
    ),
  );

/** What bookings were reduced by, code by code. */
export async function sumDiscounts(sql: TenantSql, codeIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.all<{ code_id: string; total: number }>(
    q('promo_redemptions')
      .whereIn('code_id', codeIds)
      .where({ state: 'reserved' })
      .groupBy('code_id')
      .select('code_id', q.raw('sum(discount_minor)::bigint as total')),
  );
  return new Map(rows.map((row) => [row.code_id, Number(row.total)]));
}

export interface UseRow {
  reference: string;
  bookingState: string;
  bookedAt: Date;
  discountMinor: number;
  currency: string;
  state: 'reserved' | 'released';
}

/** Uses of a code, oldest first. */
export const listUses = (sql: TenantSql, codeId: string) =>
  sql.all<UseRow>(
    q('promo_redemptions as r')
      .join('bookings as b', 'b.id', 'r.booking_id')
      .where({ 'r.code_id': codeId })
      .orderBy('r.created_at')
      .limit(50_000)
      .select({
        reference: 'b.reference',
        bookingState: 'b.state',
        bookedAt: 'b.created_at',
        discountMinor: 'r.discount_minor',
        currency: 'r.currency',
        state: 'r.state',
      }),
  );
