import { abilityFor, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { ageDebt, blocks, overdueOf, type AgeBucket, type Ageing, type Debit } from './ageing.ts';
import { WALLET_COLUMNS, selectWallets } from './repository.ts';
import type { WalletListQuery } from './schema.ts';
import type { WalletRow } from './wallet-row.ts';

/** A wallet with the age of what it owes. */
export interface AgedWallet {
  wallet: WalletRow;
  ageing: Ageing;
  /** What is past its day, minor units. */
  overdue: number;
  blocked: boolean;
}

/** What several wallets of one currency owe together, by age. Minor units. */
export interface AgedTotal {
  currency: string;
  owed: number;
  buckets: Readonly<Record<AgeBucket, number>>;
}

/** The index of debits is found by this very condition. */
const DEBITS = `e.kind in ('capture', 'adjustment') and e.amount_minor < 0`;

/** The ages of what wallets owe. Of each only its newest debits are read, as many as add up to the debt. */
export async function ageWallets(sql: TenantSql, wallets: readonly WalletRow[], now: Date): Promise<AgedWallet[]> {
  const debits = await readDebits(
    sql,
    wallets.filter(({ balance_minor: balance }) => balance < 0),
  );
  return wallets.map((wallet) => {
    const terms = { paymentDays: wallet.payment_days, now };
    const ageing = ageDebt(Math.max(0, -wallet.balance_minor), debits.get(wallet.id) ?? [], terms);
    return { wallet, ageing, overdue: overdueOf(ageing), blocked: blocks(ageing, wallet.grace_days) };
  });
}

/** Debits of a wallet that the first look reads; each further look at those still short reads four times as many, up to a bound. */
const FIRST_LOOK = 50;
const LONGEST_LOOK = 3200;

interface Unread {
  id: string;
  left: number;
  /** Instant and id of the oldest debit read, the instant as the database writes it: a `Date` is less exact. */
  after: { at: string; entry: string };
}

async function readDebits(sql: TenantSql, owing: readonly WalletRow[]): Promise<Map<string, Debit[]>> {
  const debits = new Map<string, Debit[]>(owing.map(({ id }) => [id, []]));
  let unread: Unread[] = owing.map((wallet) => ({
    id: wallet.id,
    left: -wallet.balance_minor,
    after: { at: 'infinity', entry: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
  }));
  for (let most = FIRST_LOOK; unread.length > 0; most = Math.min(most * 4, LONGEST_LOOK)) {
    const found = await nextDebits(sql, unread, most);
    unread = unread.flatMap(({ id, left }) => {
      const own = found.filter(({ walletId }) => walletId === id);
      debits.get(id)?.push(...own);
      const still = own.reduce((sum, { amount }) => sum - amount, left);
      const last = own.at(-1);
      return last && own.length === most && still > 0
        ? { id, left: still, after: { at: last.exactly, entry: last.entryId } }
        : [];
    });
  }
  return debits;
}

const nextDebits = (sql: TenantSql, unread: readonly Unread[], most: number) =>
  sql.all<Debit & { walletId: string; entryId: string; exactly: string }>(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- DEBITS is a constant of this file
      `select w.id as "walletId", d.id as "entryId", -d.amount_minor as amount, d.created_at as at, d.created_at::text as exactly
       from unnest(?::uuid[], ?::timestamptz[], ?::uuid[]) w (id, at, entry)
       cross join lateral (
         select e.id, e.amount_minor, e.created_at from wallet_entries e
         where e.wallet_id = w.id and ${DEBITS} and (e.created_at, e.id) < (w.at, w.entry)
         order by e.created_at desc, e.id desc limit ?
       ) d
       order by d.created_at desc, d.id desc`,
      [unread.map(({ id }) => id), unread.map(({ after }) => after.at), unread.map(({ after }) => after.entry), most],
    ),
  );

const DAY_MS = 86_400_000;
/** A debit made since is at most so many days past its day: days are UTC's. */
const madeSince = (now: Date, days: number): string =>
  new Date((Math.floor(now.getTime() / DAY_MS) - days) * DAY_MS).toISOString();

/**
 * What a wallet owes beyond its days of grace, so that it blocks; undefined when it does not. Reads nothing where there are no terms, and
 * otherwise the sum of the debits that do not block yet: while those add up to what is owed, no older one is unpaid.
 */
export async function findBlocked(
  sql: TenantSql,
  wallets: readonly WalletRow[],
  now: Date,
): Promise<AgedWallet | undefined> {
  const suspects = wallets.flatMap((row) =>
    row.balance_minor < 0 && row.payment_days !== null && row.grace_days !== null
      ? { row, since: madeSince(now, row.payment_days + row.grace_days) }
      : [],
  );
  if (suspects.length === 0) return undefined;
  const owingMore = await sql.all<{ id: string }>(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- DEBITS is a constant of this file
      `select w.id from unnest(?::uuid[], ?::bigint[], ?::timestamptz[]) w (id, owed, since)
       where w.owed > (select coalesce(sum(-e.amount_minor), 0) from wallet_entries e
         where e.wallet_id = w.id and ${DEBITS} and e.created_at >= w.since)`,
      [
        suspects.map(({ row }) => row.id),
        suspects.map(({ row }) => -row.balance_minor),
        suspects.map(({ since }) => since),
      ],
    ),
  );
  if (owingMore.length === 0) return undefined;
  const owing = suspects.filter(({ row }) => owingMore.some(({ id }) => id === row.id)).map(({ row }) => row);
  return (await ageWallets(sql, owing, now)).find(({ blocked }) => blocked);
}

/** Wallets that the actor's own level keeps: what others owe it. */
export function keptWallets(actor: Actor) {
  const rows = narrow(selectWallets(), abilityFor(actor), 'read', 'Wallet', WALLET_COLUMNS);
  return actor.agencyId === null ? rows.whereNull('a.parent_id') : rows.where('a.parent_id', actor.agencyId);
}

/** Wallets that the actor's own level keeps, with ages and the sums of all of them by currency. */
export async function listAgeing(
  sql: TenantSql,
  actor: Actor,
  query: WalletListQuery,
  now: Date,
): Promise<{ rows: AgedWallet[]; next: string | null; totals: AgedTotal[] }> {
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const page = keptWallets(actor)
    .orderBy('w.id', 'desc')
    .limit(query.limit + 1);
  if (before) void page.where('w.id', '<', before);
  const { rows, next } = toPage(await sql.all<WalletRow>(page), query.limit, (row) => row.id);
  const owing = keptWallets(actor).where('w.balance_minor', '<', 0);
  return { rows: await ageWallets(sql, rows, now), next, totals: await sumByAge(sql, owing, now) };
}

/**
 * Sums by age of all wallets of a query that owe. What is unpaid are the newest debits, so what is not yet past a day is the sum of the debits
 * made since, or the whole debt where that is less: no debit older than the last bucket's day is read.
 */
async function sumByAge(sql: TenantSql, owing: ReturnType<typeof selectWallets>, now: Date): Promise<AgedTotal[]> {
  const rows = await sql.all<{ currency: string } & Record<AgeBucket | 'owed', number>>(
    q
      .with('owing', owing)
      .from(
        q.raw(
          // eslint-disable-next-line no-restricted-syntax -- DEBITS is a constant of this file
          `(select o.currency, -o.balance_minor as owed, o.payment_days is null as never,
             least(s.d0, -o.balance_minor) as d0, least(s.d30, -o.balance_minor) as d30, least(s.d60, -o.balance_minor) as d60,
             least(s.d90, -o.balance_minor) as d90
           from owing o
           cross join lateral (select ?::timestamptz - make_interval(hours => 24 * coalesce(o.payment_days, 0)) as due) t
           cross join lateral (
             select coalesce(sum(-e.amount_minor) filter (where e.created_at >= t.due), 0) as d0,
               coalesce(sum(-e.amount_minor) filter (where e.created_at >= t.due - interval '720 hours'), 0) as d30,
               coalesce(sum(-e.amount_minor) filter (where e.created_at >= t.due - interval '1440 hours'), 0) as d60,
               coalesce(sum(-e.amount_minor), 0) as d90
             from wallet_entries e
             where o.payment_days is not null and e.wallet_id = o.id and ${DEBITS} and e.created_at >= t.due - interval '2160 hours'
           ) s) a`,
          [madeSince(now, 0)],
        ),
      )
      .groupBy('a.currency')
      .orderBy('a.currency')
      .select(
        'a.currency',
        q.raw(`sum(a.owed)::bigint as owed, sum(case when a.never then a.owed else a.d0 end)::bigint as "notDue",
          sum(case when a.never then 0 else a.d30 - a.d0 end)::bigint as "upTo30",
          sum(case when a.never then 0 else a.d60 - a.d30 end)::bigint as "upTo60",
          sum(case when a.never then 0 else a.d90 - a.d60 end)::bigint as "upTo90",
          sum(case when a.never then 0 else a.owed - a.d90 end)::bigint as "over90"`),
      ),
  );
  return rows.map(({ currency, owed, notDue, upTo30, upTo60, upTo90, over90 }) => ({
    currency,
    owed,
    buckets: { notDue, upTo30, upTo60, upTo90, over90 },
  }));
}
