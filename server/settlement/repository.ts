import type { Knex } from 'knex';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { PeriodKind } from './period.ts';
import type { StatementState } from './statement.ts';

export interface StatementRow {
  id: string;
  number: number;
  agency_id: string;
  agency_name: string;
  agency_state: string;
  currency: string;
  period: PeriodKind;
  /** Days as text, ISO 8601; `period_end` is the day after the last. */
  period_start: string;
  period_end: string;
  state: StatementState;
  released_minor: number;
  clawbacks_minor: number;
  memos_minor: number;
  carried_in_minor: number;
  reserve_released_minor: number;
  reserve_minor: number;
  payout_minor: number;
  carried_out_minor: number;
  reserve_until: string | null;
  closed_at: Date | null;
  approved_at: Date | null;
  paid_at: Date | null;
  return_reason: string | null;
  payout_id: string | null;
  payout_method: 'sepa' | 'manual' | 'stripe' | null;
  payout_state: 'sent' | 'paid' | 'returned' | null;
  payout_file_id: string | null;
  payout_reference: string | null;
}

/** Fields the access rules of a Settlement read. */
export const STATEMENT_COLUMNS = { agencyId: 's.agency_id' };

export const selectStatements = (): Knex.QueryBuilder =>
  q('settlement_statements as s')
    .join('agencies as a', 'a.id', 's.agency_id')
    .joinRaw(
      'left join lateral (select * from payouts x where x.statement_id = s.id order by x.id desc limit 1) p on true',
    )
    .select('s.*', 'a.name as agency_name', 'a.state as agency_state')
    .select(
      q.raw(
        's.period_start::text as period_start, s.period_end::text as period_end, s.reserve_until::text as reserve_until',
      ),
      'p.id as payout_id',
      'p.method as payout_method',
      'p.state as payout_state',
      'p.file_id as payout_file_id',
      'p.reference as payout_reference',
    );

export const findStatement = (sql: TenantSql, id: string): Promise<StatementRow | undefined> =>
  sql.one<StatementRow>(selectStatements().where('s.id', id));

/** Locks it until the transaction ends; the ledger's chain must be locked before. */
export async function lockStatement(sql: TenantSql, id: string): Promise<StatementRow | undefined> {
  await sql.one(q('settlement_statements').where({ id }).forUpdate().select('id'));
  return findStatement(sql, id);
}

/** Whose items wait for a statement, and the day of the earliest of each. */
export interface Waiting {
  agency_id: string;
  currency: string;
  since: string;
}

/**
 * Agencies with something that no statement took up: released earnings, clawbacks, corrections, or a reserve to be given back by a day.
 * Of one agency, or of all.
 */
export const listWaiting = (
  sql: TenantSql,
  { until, agencyId, currency }: { until: string; agencyId?: string; currency?: string },
): Promise<Waiting[]> =>
  sql.all<Waiting>(
    q.raw(
      `select agency_id, currency, min(at)::date::text as since from (
         select agency_id, currency, payable_at at time zone 'UTC' as at
         from commissions where state = 'payable' and statement_id is null
         union all
         select c.agency_id, c.currency, r.created_at at time zone 'UTC'
         from commission_reversals r join commissions c on c.id = r.commission_id
         where r.is_clawback and r.statement_id is null
         union all
         select agency_id, currency, decided_at at time zone 'UTC'
         from commission_adjustments where state = 'approved' and statement_id is null
         union all
         select agency_id, currency, reserve_until::timestamp
         from settlement_statements where reserve_minor > 0 and reserve_released_in is null and reserve_until <= cast(:until as date)
       ) waiting
       where (cast(:agencyId as uuid) is null or agency_id = cast(:agencyId as uuid)) and (cast(:currency as text) is null or currency = cast(:currency as text))
       group by agency_id, currency order by agency_id, currency`,
      { until, agencyId: agencyId ?? null, currency: currency ?? null },
    ),
  );

/** Open statements whose period has ended by a day, though nothing may wait for them any more. */
export const listEnded = (sql: TenantSql, day: string): Promise<{ agency_id: string; currency: string }[]> =>
  sql.all(
    q('settlement_statements').where({ state: 'open' }).where('period_end', '<=', day).select('agency_id', 'currency'),
  );

export interface Standing {
  open: { id: string; number: number; period_start: string; period_end: string } | null;
  /** End of the last statement that is not open, and what it carries. */
  last_end: string | null;
  carried: number;
  agency_name: string;
}

/** Where an agency stands: its open statement, and the last one before. */
export const readStanding = (sql: TenantSql, agencyId: string, currency: string): Promise<Standing | undefined> =>
  sql.one<Standing>(
    q.raw(
      `select a.name as agency_name, l.period_end::text as last_end, coalesce(l.carried_out_minor, 0)::bigint as carried,
         case when o.id is null then null else jsonb_build_object('id', o.id, 'number', o.number,
           'period_start', o.period_start, 'period_end', o.period_end) end as open
       from agencies a
       left join settlement_statements o on o.agency_id = a.id and o.currency = :currency and o.state = 'open'
       left join lateral (
         select period_end, carried_out_minor from settlement_statements
         where agency_id = a.id and currency = :currency and state <> 'open' order by period_end desc limit 1
       ) l on true
       where a.id = :agencyId`,
      { agencyId, currency },
    ),
  );

export const insertOpen = (
  sql: TenantSql,
  statement: { id: string; agencyId: string; currency: string; period: PeriodKind; start: string; end: string },
): Promise<{ number: number } | undefined> =>
  sql.one(
    q('settlement_statements')
      .insert({
        id: statement.id,
        agency_id: statement.agencyId,
        currency: statement.currency,
        period: statement.period,
        period_start: statement.start,
        period_end: statement.end,
        state: 'open',
      })
      .returning('number'),
  );

export const deleteOpen = (sql: TenantSql, id: string): Promise<number> =>
  sql.run(q('settlement_statements').where({ id, state: 'open' }).delete());

/** What a statement comes to. Minor units. */
export interface Sums {
  lines: number;
  released: number;
  clawbacks: number;
  memos: number;
  from_card: number;
  from_wallet: number;
}

const SUMS = `count(*)::int as lines,
  coalesce(sum(amount) filter (where kind = 'earning'), 0)::bigint as released,
  coalesce(sum(amount) filter (where kind = 'clawback'), 0)::bigint as clawbacks,
  coalesce(sum(amount) filter (where kind = 'memo'), 0)::bigint as memos,
  coalesce(sum(amount) filter (where account = 'agency_payable'), 0)::bigint as from_card,
  coalesce(sum(amount) filter (where account = 'commission_payable'), 0)::bigint as from_wallet`;

/** Where a line stands in the reseller's book: markups and commissions of card sales, and corrections, on one account of the agency. */
const ACCOUNT = `case when l.kind = 'memo' or b.payment_method = 'card' then 'agency_payable' else 'commission_payable' end`;

/** Takes up everything of an agency before a day, as lines of the statement, and sums it. Under the chain lock. */
export async function takeUp(
  sql: TenantSql,
  given: { statementId: string; agencyId: string; currency: string; until: string },
): Promise<Sums> {
  const sums = await sql.one<Sums>(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- constants of this file
      `with earnings as (
         update commissions set statement_id = :statementId, updated_at = now()
         where agency_id = :agencyId and currency = :currency and state = 'payable' and statement_id is null
           and payable_at < cast(:until as timestamp) at time zone 'UTC'
         returning id, booking_id, payable_at as at, amount_minor - reversed_minor + markup_minor - markup_reversed_minor as amount
       ), clawbacks as (
         update commission_reversals r set statement_id = :statementId from commissions c
         where c.id = r.commission_id and c.agency_id = :agencyId and c.currency = :currency and r.is_clawback
           and r.statement_id is null and r.created_at < cast(:until as timestamp) at time zone 'UTC'
         returning r.id, c.booking_id, r.created_at as at, -(r.commission_minor + r.markup_minor) as amount
       ), memos as (
         update commission_adjustments set statement_id = :statementId
         where agency_id = :agencyId and currency = :currency and state = 'approved' and statement_id is null
           and decided_at < cast(:until as timestamp) at time zone 'UTC'
         returning id, booking_id, decided_at as at, amount_minor as amount
       ), taken as (
         select 1 as rank, 'earning' as kind, * from earnings union all
         select 2, 'clawback', * from clawbacks union all
         select 3, 'memo', * from memos
       ), lines as (
         insert into settlement_lines (statement_id, position, kind, source_id, booking_id, account, amount_minor, happened_at)
         select :statementId, row_number() over (order by l.rank, l.at, l.id), l.kind, l.id, l.booking_id, ${ACCOUNT}, l.amount, l.at
         from taken l left join bookings b on b.id = l.booking_id
         returning kind, account, amount_minor as amount
       )
       select ${SUMS} from lines`,
      given,
    ),
  );
  if (!sums) throw new Error('A statement has no sums');
  return sums;
}

/** The same sums as of now, with nothing taken up: what an open statement shows. */
export const sumWaiting = (
  sql: TenantSql,
  given: { agencyId: string; currency: string; until: string },
): Promise<Sums | undefined> =>
  sql.one<Sums>(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- constants of this file
      `with taken as (${WAITING_LINES}), lines as (
         select l.kind, l.amount, ${ACCOUNT} as account from taken l left join bookings b on b.id = l.booking_id
       ) select ${SUMS} from lines`,
      given,
    ),
  );

const WAITING_LINES = `
  select 'earning' as kind, id, booking_id, payable_at as at,
    amount_minor - reversed_minor + markup_minor - markup_reversed_minor as amount
  from commissions where agency_id = :agencyId and currency = :currency and state = 'payable' and statement_id is null
    and payable_at < cast(:until as timestamp) at time zone 'UTC'
  union all
  select 'clawback', r.id, c.booking_id, r.created_at, -(r.commission_minor + r.markup_minor)
  from commission_reversals r join commissions c on c.id = r.commission_id
  where c.agency_id = :agencyId and c.currency = :currency and r.is_clawback and r.statement_id is null
    and r.created_at < cast(:until as timestamp) at time zone 'UTC'
  union all
  select 'memo', id, booking_id, decided_at, amount_minor from commission_adjustments
  where agency_id = :agencyId and currency = :currency and state = 'approved' and statement_id is null
    and decided_at < cast(:until as timestamp) at time zone 'UTC'`;

/** Marks reserves whose time has come as given back by a statement; answers their sum. */
export async function releaseReserves(
  sql: TenantSql,
  given: { statementId: string; agencyId: string; currency: string; until: string },
): Promise<number> {
  const row = await sql.one<{ total: number }>(
    q.raw(
      `with released as (
         update settlement_statements set reserve_released_in = :statementId
         where agency_id = :agencyId and currency = :currency and reserve_minor > 0 and reserve_released_in is null
           and reserve_until < cast(:until as date)
         returning reserve_minor
       ) select coalesce(sum(reserve_minor), 0)::bigint as total from released`,
      given,
    ),
  );
  return row?.total ?? 0;
}

/** What `releaseReserves` would give back. */
export async function dueReserves(
  sql: TenantSql,
  given: { agencyId: string; currency: string; until: string },
): Promise<number> {
  const row = await sql.one<{ total: number }>(
    q('settlement_statements')
      .where({ agency_id: given.agencyId, currency: given.currency })
      .where('reserve_minor', '>', 0)
      .whereNull('reserve_released_in')
      .where('reserve_until', '<', given.until)
      .select(q.raw('coalesce(sum(reserve_minor), 0)::bigint as total')),
  );
  return row?.total ?? 0;
}

export interface LineRow {
  position: number;
  kind: 'earning' | 'clawback' | 'memo';
  booking_id: string | null;
  booking_reference: string | null;
  booking_title: string | null;
  reason: string | null;
  amount_minor: number;
  happened_at: Date;
}

/** Lines of a statement in order. */
export const selectLines = (statementId: string): Knex.QueryBuilder =>
  q('settlement_lines as l')
    .leftJoin('bookings as b', 'b.id', 'l.booking_id')
    .leftJoin('commission_adjustments as j', (on) => void on.on('j.id', 'l.source_id').andOnVal('l.kind', 'memo'))
    .where('l.statement_id', statementId)
    .orderBy('l.position')
    .select(
      'l.position',
      'l.kind',
      'l.booking_id',
      'b.reference as booking_reference',
      'b.title as booking_title',
      'j.reason',
      'l.amount_minor',
      'l.happened_at',
    );

/** The same of an open one, as of now. */
export const selectWaitingLines = (given: { agencyId: string; currency: string; until: string }): Knex.QueryBuilder =>
  q
    .with(
      'taken',
      q.raw(
        // eslint-disable-next-line no-restricted-syntax -- constants of this file
        `select row_number() over (order by case kind when 'earning' then 1 when 'clawback' then 2 else 3 end, at, id)::int as position, * from (${WAITING_LINES}) w`,
        given,
      ),
    )
    .from('taken as l')
    .leftJoin('bookings as b', 'b.id', 'l.booking_id')
    .leftJoin('commission_adjustments as j', (on) => void on.on('j.id', 'l.id').andOnVal('l.kind', 'memo'))
    .orderBy('l.position')
    .select(
      'l.position',
      'l.kind',
      'l.booking_id',
      'b.reference as booking_reference',
      'b.title as booking_title',
      'j.reason',
      'l.amount as amount_minor',
      'l.at as happened_at',
    );
