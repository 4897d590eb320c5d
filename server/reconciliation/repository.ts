import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import type { ProviderLine } from './ports.ts';
import { differenceOf, type Case, type Comparison, type Counterparty } from './reconciliation.ts';

const OURS = ['booking', 'refund', 'reconciliation'];

/** Writes lines that are new; what is there stays, with the booking it was tied to. */
export async function insertLines(sql: TenantSql, day: string | null, lines: readonly ProviderLine[]): Promise<void> {
  if (lines.length === 0) return;
  await sql.run(
    q('reconciliation_lines')
      .insert(
        lines.map((line) => ({
          id: line.id,
          day: day ?? line.happenedAt.toISOString().slice(0, 10),
          type: line.type,
          reference: line.reference,
          booking_id: line.bookingId,
          currency: line.currency,
          amount_minor: line.amountMinor,
          fee_minor: line.feeMinor,
          happened_at: line.happenedAt,
        })),
      )
      .onConflict('id')
      .ignore(),
  );
}

/** The bookings that exist of those named. */
export async function knownBookings(sql: TenantSql, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await sql.all<{ id: string }>(
    q('bookings')
      .whereIn('id', [...new Set(ids)])
      .select('id'),
  );
  return new Set(rows.map(({ id }) => id));
}

/** Bookings of this tenant behind payments at the service, by its id of the payment. */
export async function bookingsOfIntents(sql: TenantSql, intents: readonly string[]): Promise<Map<string, string>> {
  if (intents.length === 0) return new Map();
  const rows = await sql.all<{ intent_id: string; booking_id: string }>(
    q('payments')
      .whereIn('intent_id', [...new Set(intents)])
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
      .whereIn('t.booking_id', bookingIds)
      .groupBy('t.booking_id', 'e.currency')
      .select('t.booking_id', 'e.currency', q.raw('sum(e.amount_minor)::bigint as minor')),
  );
  return new Map(rows.map((row) => [row.booking_id, { currency: row.currency, minor: row.minor }]));
}

/** What is posted under a name of the other side (a dispute, a transfer, a day's fees), debit positive; undefined when nothing is. */
export async function postedUnder(sql: TenantSql, account: string, reference: string): Promise<number | undefined> {
  const row = await sql.one<{ minor: number | null }>(
    entriesOf(account)
      .whereRaw('position(? in t.key) > 0', [reference])
      .select(q.raw('sum(e.amount_minor)::bigint as minor')),
  );
  return row?.minor ?? undefined;
}

/** What the payment service moved for each booking, by the lines read so far. */
export async function linesOf(
  sql: TenantSql,
  bookingIds: readonly string[],
): Promise<Map<string, Balance & { reference: string }>> {
  if (bookingIds.length === 0) return new Map();
  const rows = await sql.all<{ booking_id: string; currency: string; minor: number; reference: string }>(
    q('reconciliation_lines')
      .whereIn('booking_id', bookingIds)
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
    : rows.whereRaw('position(? in t.key) > 0', [one.key.slice('line/'.length)]));
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
}

/** Items with an order whose booking moved on a day, or that are named. */
export function orderedItems(
  sql: TenantSql,
  of: { day: string } | { bookingIds: readonly string[] },
): Promise<OrderedItem[]> {
  const items = q('booking_items as i')
    .whereNotNull('i.supplier_order_id')
    .orderBy(['i.booking_id', 'i.position'])
    .select('i.booking_id', 'i.product', 'i.supplier', 'i.supplier_order_id');
  if ('bookingIds' in of) void items.whereIn('i.booking_id', of.bookingIds);
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
    .select('c.*', 'k.reference as booking_reference');

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
