import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import type { ExchangeRate } from '../pricing/index.ts';
import type { ProviderLine } from './ports.ts';
import { differenceOf, type Case, type Comparison, type Counterparty } from './reconciliation.ts';

const OURS = ['booking', 'refund', 'reconciliation'];

/**
 * Writes lines that are new; what is there stays, with the booking it was tied to. One parameter, however many lines.
 * @returns the days (UTC, `YYYY-MM-DD`) that got new ones
 */
export async function insertLines(sql: TenantSql, lines: readonly ProviderLine[]): Promise<string[]> {
  if (lines.length === 0) return [];
  const rows = lines.map((line) => ({
    id: line.id,
    day: line.happenedAt.toISOString().slice(0, 10),
    type: line.type,
    reference: line.reference,
    our_id: line.ourId,
    booking_id: line.bookingId,
    currency: line.currency,
    amount_minor: line.amountMinor,
    fee_minor: line.feeMinor,
    happened_at: line.happenedAt,
  }));
  const written = await sql.all<{ day: string }>(
    q.raw(
      `with written as (
         insert into reconciliation_lines
           (id, day, type, reference, our_id, booking_id, currency, amount_minor, fee_minor, happened_at)
         select * from jsonb_to_recordset(?::jsonb) as l (id text, day date, type text, reference text, our_id text, booking_id uuid,
           currency text, amount_minor bigint, fee_minor bigint, happened_at timestamptz)
         on conflict (id) do nothing returning day
       ) select distinct day::text as day from written order by day`,
      [json(rows)],
    ),
  );
  return written.map(({ day }) => day);
}

/** The bookings that exist of those named. */
export async function knownBookings(sql: TenantSql, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await sql.all<{ id: string }>(
    q('bookings')
      .whereRaw('id = any(?::uuid[])', [[...new Set(ids)]])
      .select('id'),
  );
  return new Set(rows.map(({ id }) => id));
}

/** Bookings of this tenant behind payments at the service, by its id of the payment. */
export async function bookingsOfIntents(sql: TenantSql, intents: readonly string[]): Promise<Map<string, string>> {
  if (intents.length === 0) return new Map();
  const rows = await sql.all<{ intent_id: string; booking_id: string }>(
    q('payments')
      .whereRaw('intent_id = any(?::text[])', [[...new Set(intents)]])
      .select('intent_id', 'booking_id'),
  );
  return new Map(rows.map((row) => [row.intent_id, row.booking_id]));
}

/** Bookings with a posting on an account of the reseller's book on a UTC day. */
export async function bookingsPostedOn(sql: TenantSql, account: string, day: string): Promise<string[]> {
  const rows = await sql.all<{ booking_id: string }>(
    entriesOf(account)
      .whereIn('t.source', OURS)
      .whereNotNull('t.booking_id')
      .whereRaw(`t.occurred_at >= ?::timestamp at time zone 'UTC'`, [day])
      .whereRaw(`t.occurred_at < (?::date + 1)::timestamp at time zone 'UTC'`, [day])
      .distinct('t.booking_id'),
  );
  return rows.map((row) => row.booking_id);
}

const entriesOf = (account: string) =>
  q('ledger_entries as e')
    .join('ledger_accounts as a', 'a.id', 'e.account_id')
    .join('ledger_books as b', 'b.id', 'e.book_id')
    .join('ledger_transactions as t', 't.id', 'e.transaction_id')
    .whereNull('b.agency_id')
    .where('a.code', account);

export interface Balance {
  currency: string;
  minor: number;
}

/** What the books hold of each booking on an account, debit positive. */
export async function booksOf(
  sql: TenantSql,
  account: string,
  bookingIds: readonly string[],
): Promise<Map<string, Balance>> {
  if (bookingIds.length === 0) return new Map();
  const rows = await sql.all<{ booking_id: string; currency: string; minor: number }>(
    entriesOf(account)
      .whereIn('t.source', OURS)
      .whereRaw('t.booking_id = any(?::uuid[])', [[...bookingIds]])
      .groupBy('t.booking_id', 'e.currency')
      .select('t.booking_id', 'e.currency', q.raw('sum(e.amount_minor)::bigint as minor')),
  );
  return new Map(rows.map((row) => [row.booking_id, { currency: row.currency, minor: row.minor }]));
}

/** The index of keys leaves out what is found by its booking. */
const NAMED = `t.source not in ('booking', 'refund', 'credit_note')`;

/** What is posted under names of the other side (a dispute, a transfer), debit positive; a name under which nothing is has no entry. */
export async function postedUnder(
  sql: TenantSql,
  account: string,
  names: readonly string[],
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const rows = await sql.all<{ name: string; minor: number }>(
    entriesOf(account)
      .joinRaw(
        `cross join lateral (select distinct part as name from unnest(string_to_array(t.key, '/')) part where part = any(?::text[])) n`,
        [[...names]],
      )
      .whereRaw(NAMED)
      .whereRaw(`string_to_array(t.key, '/') && ?::text[]`, [[...names]])
      .groupBy('n.name')
      .select('n.name', q.raw('sum(e.amount_minor)::bigint as minor')),
  );
  return new Map(rows.map((row) => [row.name, row.minor]));
}

/** What is posted of a day's fees, by currency. */
export async function postedFees(sql: TenantSql, day: string): Promise<Map<string, number>> {
  const rows = await sql.all<{ currency: string; minor: number }>(
    entriesOf('psp_fees')
      .whereRaw(NAMED)
      .whereRaw(`string_to_array(t.key, '/') @> ?::text[]`, [['fees', day]])
      .groupBy('e.currency')
      .select('e.currency', q.raw('sum(e.amount_minor)::bigint as minor')),
  );
  return new Map(rows.map((row) => [row.currency, row.minor]));
}

/** What the payment service moved under names of movements that no booking's sale or refund answers for, by the lines of all days. */
export async function movedUnder(sql: TenantSql, names: readonly string[]): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const rows = await sql.all<{ name: string; minor: number }>(
    q('reconciliation_lines')
      .whereRaw('coalesce(our_id, reference) = any(?::text[])', [[...names]])
      .where((any) => void any.whereNull('booking_id').orWhereNotIn('type', BOOKED))
      .groupByRaw('1')
      .select(q.raw('coalesce(our_id, reference) as name, sum(amount_minor)::bigint as minor')),
  );
  return new Map(rows.map((row) => [row.name, row.minor]));
}

/** What the payment service moved for each booking, by the lines read so far. */
export async function linesOf(
  sql: TenantSql,
  bookingIds: readonly string[],
): Promise<Map<string, Balance & { reference: string }>> {
  if (bookingIds.length === 0) return new Map();
  const rows = await sql.all<{ booking_id: string; currency: string; minor: number; reference: string }>(
    q('reconciliation_lines')
      .whereRaw('booking_id = any(?::uuid[])', [[...bookingIds]])
      .whereIn('type', BOOKED)
      .groupBy('booking_id', 'currency')
      .select(
        'booking_id',
        'currency',
        q.raw('sum(amount_minor)::bigint as minor, (array_agg(reference order by happened_at, id))[1] as reference'),
      ),
  );
  return new Map(rows.map((row) => [row.booking_id, row]));
}

/** Kinds of line that a booking's sale and refunds answer for; every other is compared by its own name. */
export const BOOKED = ['charge', 'payment', 'refund', 'payment_refund', 'refund_failure', 'payment_failure_refund'];

/** The lines of one case, for both sides of its page. */
export const linesFor = (sql: TenantSql, one: Pick<Case, 'bookingId' | 'reference'>) =>
  sql.all<{ id: string; type: string; reference: string; amount_minor: number; fee_minor: number; happened_at: Date }>(
    q('reconciliation_lines')
      .where(one.bookingId ? { booking_id: one.bookingId } : { reference: one.reference ?? '' })
      .orderBy(['happened_at', 'id'])
      .limit(100),
  );

/** The entries of one case in the books, debit positive. */
export const entriesFor = (sql: TenantSql, account: string, one: Pick<Case, 'bookingId' | 'key'>) => {
  const rows = entriesOf(account)
    .orderBy('t.sequence')
    .limit(100)
    .select('t.id', 't.source', 't.description', 't.occurred_at', 'e.amount_minor');
  void (one.bookingId && !one.key.startsWith('line/')
    ? rows.where('t.booking_id', one.bookingId).whereIn('t.source', OURS)
    : rows.whereRaw(NAMED).whereRaw(`string_to_array(t.key, '/') @> ?::text[]`, [[one.key.slice('line/'.length)]]));
  return sql.all<{ id: string; source: string; description: string; occurred_at: Date; amount_minor: number }>(rows);
};

/** Ties lines that belonged to no booking to one. */
export const tieLines = (sql: TenantSql, reference: string, bookingId: string): Promise<number> =>
  sql.run(q('reconciliation_lines').where({ reference }).whereNull('booking_id').update({ booking_id: bookingId }));

/** Payments of a booking at the service. */
export const intentsOf = (
  sql: TenantSql,
  bookingId: string,
): Promise<Array<{ intent_id: string; stripe_account: string | null }>> =>
  sql.all(
    q('payments').where({ booking_id: bookingId }).whereNotNull('intent_id').select('intent_id', 'stripe_account'),
  );

/** Connected accounts that payments of this tenant were made in. */
export const accountsOf = async (sql: TenantSql): Promise<string[]> =>
  (
    await sql.all<{ stripe_account: string }>(q('payments').whereNotNull('stripe_account').distinct('stripe_account'))
  ).map((row) => row.stripe_account);

export interface OrderedItem {
  booking_id: string;
  product: 'flight' | 'stay';
  supplier: string;
  supplier_order_id: string;
  /** Rate of the sale, where the supplier asks in another currency. */
  rate: ExchangeRate | null;
}

/** Items with an order whose booking moved on a day, or that are named. */
export function orderedItems(
  sql: TenantSql,
  of: { day: string } | { bookingIds: readonly string[] },
): Promise<OrderedItem[]> {
  const items = q('booking_items as i')
    .whereNotNull('i.supplier_order_id')
    .orderBy(['i.booking_id', 'i.position'])
    .select(
      'i.booking_id',
      'i.product',
      'i.supplier',
      'i.supplier_order_id',
      q.raw(`i.build_up #> '{fx,rate}' as rate`),
    );
  if ('bookingIds' in of) void items.whereRaw('i.booking_id = any(?::uuid[])', [[...of.bookingIds]]);
  else
    void items.whereIn(
      'i.booking_id',
      q('booking_events')
        .whereIn('kind', ['reserved', 'reservation_cancelled', 'cancelled'])
        .whereRaw(`at >= ?::timestamp at time zone 'UTC' and at < (?::date + 1)::timestamp at time zone 'UTC'`, [
          of.day,
          of.day,
        ])
        .select('booking_id'),
    );
  return sql.all<OrderedItem>(items);
}

/** What the payment service has kept of payments in connected accounts of the reseller's own, as far as days were compared; minor units. */
export async function feesInOwnAccounts(sql: TenantSql, currency: string): Promise<number> {
  const own = q('payments').whereNotNull('stripe_account').where({ currency }).select('booking_id');
  const row = await sql.one<{ total: number }>(
    q('reconciliation_lines')
      .whereIn('booking_id', own)
      .where({ currency })
      .select(q.raw('coalesce(sum(fee_minor), 0)::bigint as total')),
  );
  return row?.total ?? 0;
}

/** The fees of a day by currency, of all lines. */
export const feesOf = (sql: TenantSql, day: string): Promise<Array<{ currency: string; minor: number }>> =>
  sql.all(
    q('reconciliation_lines')
      .where({ day })
      .groupBy('currency')
      .havingRaw('sum(fee_minor) <> 0')
      .orderBy('currency')
      .select('currency', q.raw('sum(fee_minor)::bigint as minor')),
  );

export async function noteRun(
  sql: TenantSql,
  run: { counterparty: Counterparty; day: string; compared: number; at: Date },
): Promise<void> {
  const { counterparty, day, compared } = run;
  // A second look that finds the same leaves the row as it is.
  await sql.run(
    q('reconciliation_runs')
      .insert({ counterparty, day, compared, finished_at: run.at })
      .onConflict(['counterparty', 'day'])
      .merge(['compared', 'finished_at'])
      .whereRaw('reconciliation_runs.compared <> excluded.compared'),
  );
}

/**
 * Days without a run, oldest first: of the `most` up to the last one that is over, those since the books began or were first compared; the
 * last one alone where neither has happened. `YYYY-MM-DD`.
 */
export const daysWithoutRun = async (sql: TenantSql, lastDay: string, most: number): Promise<string[]> =>
  (
    await sql.all<{ day: string }>(
      q.raw(
        `with first as (
           select least((select min(day) from reconciliation_runs),
             (select (occurred_at at time zone 'UTC')::date from ledger_transactions where sequence = 1)) as day
         )
         select d::date::text as day
         from first, generate_series(greatest(coalesce(first.day, ?::date), ?::date - (?::int - 1)), ?::date, interval '1 day') d
         where not exists (select 1 from reconciliation_runs r where r.counterparty = 'suppliers' and r.day = d::date)
         order by d`,
        [lastDay, lastDay, most, lastDay],
      ),
    )
  ).map(({ day }) => day);

/**
 * Keeps what a comparison came to: a new case, a changed one, one that matches by now, or nothing. A settled case stays settled until
 * an amount moves again.
 * @returns `opened` when somebody has something new to look at
 */
export async function keepVerdict(
  sql: TenantSql,
  verdict: { counterparty: Counterparty; day: string; comparison: Comparison; at: Date },
): Promise<'matched' | 'opened' | 'known' | 'healed'> {
  const { counterparty, comparison, at } = verdict;
  const kind = differenceOf(comparison);
  const known = await sql.one<{ id: string; state: Case['state']; ours_minor: number; theirs_minor: number }>(
    q('reconciliation_cases')
      .where({ counterparty, key: comparison.key })
      .select('id', 'state', 'ours_minor', 'theirs_minor')
      .forUpdate(),
  );
  const sides = { ours_minor: comparison.ours ?? 0, theirs_minor: comparison.theirs ?? 0 };
  if (!kind) {
    if (!known || known.state === 'healed' || known.state === 'accepted') return 'matched';
    if (known.state === 'linked') return 'matched';
    await sql.run(
      q('reconciliation_cases')
        .where({ id: known.id })
        .update({ ...sides, state: 'healed', updated_at: at }),
    );
    return 'healed';
  }
  if (!known) {
    await sql.run(
      q('reconciliation_cases').insert({
        id: newId(),
        counterparty,
        key: comparison.key,
        day: verdict.day,
        kind,
        state: 'open',
        booking_id: comparison.bookingId,
        reference: comparison.reference,
        currency: comparison.currency,
        ...sides,
        created_at: at,
        updated_at: at,
      }),
    );
    return 'opened';
  }
  const same = known.ours_minor === sides.ours_minor && known.theirs_minor === sides.theirs_minor;
  if (same && known.state !== 'healed') return 'known';
  const reopened = { kind, ...sides, state: 'open', reason: null, author_id: null, decided_by: null, decided_at: null };
  await sql.run(
    q('reconciliation_cases')
      .where({ id: known.id })
      .update({ ...reopened, updated_at: at }),
  );
  return known.state === 'open' ? 'known' : 'opened';
}

const cases = () =>
  q('reconciliation_cases as c')
    .leftJoin('bookings as k', 'k.id', 'c.booking_id')
    .select('c.*', 'k.reference as booking_reference')
    .select(
      q.raw(
        `(select bool_and(l.type = any(?::text[])) from reconciliation_lines l where l.reference = c.reference) as is_booked`,
        [[...BOOKED]],
      ),
    );

interface CaseRow {
  id: string;
  counterparty: Counterparty;
  key: string;
  day: string;
  kind: Case['kind'];
  state: Case['state'];
  booking_id: string | null;
  booking_reference: string | null;
  reference: string | null;
  currency: string;
  ours_minor: number;
  theirs_minor: number;
  is_booked: boolean | null;
  reason: string | null;
  author_id: string | null;
  decided_at: Date | null;
  created_at: Date;
  updated_at: Date;
}
const toCase = (row: CaseRow): Case => ({
  id: row.id,
  counterparty: row.counterparty,
  key: row.key,
  day: row.day,
  kind: row.kind,
  state: row.state,
  bookingId: row.booking_id,
  bookingReference: row.booking_reference,
  reference: row.reference,
  currency: row.currency,
  oursMinor: row.ours_minor,
  theirsMinor: row.theirs_minor,
  isBooked: row.is_booked ?? false,
  reason: row.reason,
  authorId: row.author_id,
  decidedAt: row.decided_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findCase(sql: TenantSql, id: string, lock = false): Promise<Case | undefined> {
  const found = cases().where('c.id', id);
  if (lock) void found.forUpdate('c');
  const row = await sql.one<CaseRow>(found);
  return row && toCase(row);
}

/** Unsettled cases, oldest first: looked at again by every run. */
export const listUnsettled = async (sql: TenantSql, counterparty: Counterparty): Promise<Case[]> =>
  (
    await sql.all<CaseRow>(
      cases()
        .where('c.counterparty', counterparty)
        .whereIn('c.state', ['open', 'proposed'])
        .orderBy(['c.day', 'c.id'])
        .limit(500),
    )
  ).map(toCase);

/** A page of cases, newest day first, after a cursor `day|id`. */
export async function pageOfCases(
  sql: TenantSql,
  query: {
    states: readonly Case['state'][] | undefined;
    day?: string | undefined;
    limit: number;
    after: readonly string[] | undefined;
  },
): Promise<Case[]> {
  const list = cases()
    .orderBy([
      { column: 'c.day', order: 'desc' },
      { column: 'c.id', order: 'desc' },
    ])
    .limit(query.limit + 1);
  if (query.states) void list.whereIn('c.state', query.states);
  if (query.day) void list.where('c.day', query.day);
  if (query.after) void list.whereRaw('(c.day, c.id) < (?::date, ?::uuid)', [...query.after]);
  return (await sql.all<CaseRow>(list)).map(toCase);
}

export const updateCase = (sql: TenantSql, id: string, change: Record<string, unknown>): Promise<number> =>
  sql.run(q('reconciliation_cases').where({ id }).update(change));

/** The last days that were compared, with what is still unmatched of each. */
export const listDays = (sql: TenantSql, limit: number) =>
  sql.all<{
    counterparty: Counterparty;
    day: string;
    compared: number;
    finished_at: Date;
    unmatched: number;
    found: number;
  }>(
    q('reconciliation_runs as r')
      .whereIn('r.day', q('reconciliation_runs').distinct('day').orderBy('day', 'desc').limit(limit))
      .orderBy([{ column: 'r.day', order: 'desc' }, 'r.counterparty'])
      .select(
        'r.*',
        q.raw(
          `(select count(*) filter (where c.state in ('open', 'proposed'))::int from reconciliation_cases c where c.counterparty = r.counterparty and c.day = r.day) as unmatched`,
        ),
        q.raw(
          `(select count(*)::int from reconciliation_cases c where c.counterparty = r.counterparty and c.day = r.day) as found`,
        ),
      ),
  );

export const countUnsettled = async (sql: TenantSql): Promise<number> =>
  (
    await sql.one<{ n: number }>(
      q('reconciliation_cases').whereIn('state', ['open', 'proposed']).select(q.raw('count(*)::int as n')),
    )
  )?.n ?? 0;
