import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import type { MarginGuardMode } from './build-up.ts';
import type { ExchangeTable } from './exchange/exchange-table.ts';
import type { MarkupMatch, MarkupRule, MarkupValue } from './markup-rule.ts';
import type { TierName } from './schema.ts';

/** A rule as stored: amounts carry the currency they were typed in, inside `value`. */
export interface RuleRow {
  id: string;
  ownerAgencyId: string | null;
  name: string;
  match: MarkupMatch;
  value: MarkupValue & { currency?: string };
  minMinor: number | null;
  maxMinor: number | null;
  stack: boolean;
  priority: number;
  validFrom: Date | null;
  validTo: Date | null;
  createdAt: Date;
  updatedAt: Date;
  version: number;
  state: 'active' | 'deleted';
}

const COLUMNS = {
  id: 'id',
  ownerAgencyId: 'owner_agency_id',
  name: 'name',
  match: 'match',
  value: 'value',
  minMinor: 'min_minor',
  maxMinor: 'max_minor',
  stack: 'stack',
  priority: 'priority',
  validFrom: 'valid_from',
  validTo: 'valid_to',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  version: 'version',
  state: 'state',
};

/** Rules of one level in one state; deleted ones stay in the table because quotes name them and they can be brought back. */
export const selectRules = (ownerAgencyId: string | null, state: RuleRow['state'] = 'active') =>
  q('markup_rules').where({ state, owner_agency_id: ownerAgencyId }).select(COLUMNS);

/** One rule of a level in either state. */
export const findRuleOrDeleted = (sql: TenantSql, ownerAgencyId: string | null, id: string) =>
  sql.one<RuleRow>(q('markup_rules').where({ owner_agency_id: ownerAgencyId, id }).select(COLUMNS));

export const findRule = (sql: TenantSql, ownerAgencyId: string | null, id: string) =>
  sql.one<RuleRow>(selectRules(ownerAgencyId).where({ id }));

/** @throws NotFound for a rule of another level */
export async function getRule(sql: TenantSql, ownerAgencyId: string | null, id: string): Promise<RuleRow> {
  const rule = await findRule(sql, ownerAgencyId, id);
  if (!rule) throw NotFound({ what: 'This markup rule' });
  return rule;
}

/** Active rules of several levels; the reseller's always. */
export const findRulesOf = (sql: TenantSql, agencyIds: readonly string[]) =>
  sql.all<RuleRow>(
    q('markup_rules')
      .where({ state: 'active' })
      .where((any) => void any.whereNull('owner_agency_id').orWhereIn('owner_agency_id', agencyIds))
      .select(COLUMNS),
  );

export type RuleFields = Omit<RuleRow, 'id' | 'ownerAgencyId' | 'createdAt' | 'updatedAt' | 'version' | 'state'>;

const toColumns = (fields: RuleFields) => ({
  name: fields.name,
  match: json(fields.match),
  value: json(fields.value),
  min_minor: fields.minMinor,
  max_minor: fields.maxMinor,
  stack: fields.stack,
  priority: fields.priority,
  valid_from: fields.validFrom,
  valid_to: fields.validTo,
});

export async function insertRule(
  sql: TenantSql,
  id: string,
  { ownerAgencyId, changedBy }: { ownerAgencyId: string | null; changedBy: string | null },
  fields: RuleFields,
): Promise<void> {
  await sql.run(
    q('markup_rules').insert({ id, owner_agency_id: ownerAgencyId, changed_by: changedBy, ...toColumns(fields) }),
  );
}

/** Brings a deleted rule back as well. @throws VersionChanged when another change came first */
export async function updateRule(
  sql: TenantSql,
  { id, version }: { id: string; version: number },
  fields: RuleFields | 'delete',
  changedBy: string | null,
): Promise<void> {
  const change = fields === 'delete' ? { state: 'deleted' } : { ...toColumns(fields), state: 'active' };
  const written = await sql.run(
    q('markup_rules')
      .where({ id, version })
      .update({ ...change, changed_by: changedBy, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
  if (written === 0) throw VersionChanged();
}

export function toMarkupRule(row: RuleRow): MarkupRule {
  const { currency, ...value } = row.value;
  return {
    id: row.id,
    version: row.version,
    ownerAgencyId: row.ownerAgencyId,
    name: row.name,
    match: row.match,
    value,
    ...(currency === undefined ? {} : { currency }),
    ...(row.minMinor === null ? {} : { minMinor: row.minMinor }),
    ...(row.maxMinor === null ? {} : { maxMinor: row.maxMinor }),
    stack: row.stack,
    priority: row.priority,
    ...(row.validFrom === null ? {} : { validFrom: row.validFrom.toISOString() }),
    ...(row.validTo === null ? {} : { validTo: row.validTo.toISOString() }),
    createdAt: row.createdAt.toISOString(),
  };
}

export interface TierRowData {
  tier: TierName;
  commissionBp: number;
  discountBp: number;
  version: number;
}

/** From bronze to platinum. */
export const findTiers = (sql: TenantSql) =>
  sql.all<TierRowData>(
    q('tiers')
      .orderByRaw(`array_position(array['bronze', 'silver', 'gold', 'platinum'], tier)`)
      .select({ tier: 'tier', commissionBp: 'commission_bp', discountBp: 'discount_bp', version: 'version' }),
  );

/** The same rows, locked until the transaction ends. */
export const lockTiers = (sql: TenantSql) => sql.all<{ version: number }>(q('tiers').select('version').forUpdate());

export async function updateTier(
  sql: TenantSql,
  { tier, commissionBp, discountBp }: Omit<TierRowData, 'version'>,
): Promise<void> {
  await sql.run(
    q('tiers')
      .where({ tier })
      .update({ commission_bp: commissionBp, discount_bp: discountBp, version: q.raw('version + 1') }),
  );
}

/** Which of these agencies stand directly below the owner. */
export async function findChildren(
  sql: TenantSql,
  ownerAgencyId: string | null,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql.all<{ id: string }>(
    q('agencies').where({ parent_id: ownerAgencyId }).whereIn('id', ids).select('id'),
  );
  return new Set(rows.map(({ id }) => id));
}

export interface SellerRow {
  /** From the topmost agency to the seller. */
  chain: Array<{ id: string; name: string; tier: TierName; state: string }>;
  tiers: Record<string, [commissionBp: number, discountBp: number]>;
  settings: { guardMode: MarginGuardMode; floorMinor: number; minMarginMinor: number };
  exchange: Omit<ExchangeTable, 'to'>;
  /** Changes with every change of a rule of the chain. */
  stamp: string;
}

/**
 * All that a price needs besides the rules themselves, in one statement: chain, tiers, margin guard, exchange rates, and a stamp of the chain's rules (count and sum of
 * the hashes of id and version), by which a process knows that the rules it compiled are still those of the database.
 */
export async function readSeller(sql: TenantSql, sellerAgencyId: string | null): Promise<SellerRow> {
  const [row] = await sql.all<SellerRow>(
    q.raw(
      `with chain as (
         select a.id, a.name, a.tier, a.state, a.depth from agencies s
         join agencies a on a.id = any(string_to_array(trim(both '/' from s.path), '/')::uuid[])
         where s.id = ?::uuid
       )
       select
         coalesce((select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'tier', tier, 'state', state) order by depth) from chain), '[]') as chain,
         (select jsonb_object_agg(tier, jsonb_build_array(commission_bp, discount_bp)) from tiers) as tiers,
         (select jsonb_build_object('guardMode', guard_mode, 'floorMinor', floor_minor, 'minMarginMinor', min_margin_minor)
           from pricing_settings) as settings,
         (select jsonb_build_object('spreadBp', spread_bp, 'maxAgeHours', max_age_hours, 'rates',
           coalesce((select jsonb_object_agg(currency, jsonb_build_object('mid', mid, 'source', source,
             'at', to_char(quoted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) from exchange_rates), '{}'))
           from exchange_settings) as exchange,
         (select count(*) || ':' || coalesce(sum(hashtextextended(id::text || ':' || version, 0)), 0) from markup_rules
           where state = 'active' and (owner_agency_id is null or owner_agency_id in (select id from chain))) as stamp`,
      [sellerAgencyId],
    ),
  );
  if (!row) throw new Error('A select without from answered no row');
  return row;
}
