/**
 * Bookings from wallets (the hold on two edges, as a booking makes it) beside transactions like pgbench's TPC-B (three updates, a look and an
 * insert), in turns on one PostgreSQL with as many connections. The wallets owe, on terms, so that each booking asks whether anything is overdue. Called by `wallet.mjs`; prints JSON. Target: 0.3 of the plain rate.
 */
import pg from 'pg';
import { q } from '../../server/kernel/database/builder.ts';
import { addAgency } from '../../server/ledger/testing.ts';
import { createTestWorld } from '../../server/testing/index.ts';
import { adjust, changeCreditLimit, ensureWallet, holdForBooking } from '../../server/wallets/index.ts';
import { changeTerms } from '../../server/wallets/change-terms.ts';

const CONNECTIONS = 8;
const AGENCIES = 16;
/** TPC-B's scale: as many branches as agencies, so that both wait for a row equally often. */
const ACCOUNTS = 100_000;
const TARGET = 0.3;
const seconds = Number(process.env.SECONDS ?? 5);
const rounds = Number(process.env.ROUNDS ?? 5);

const world = await createTestWorld({ DATABASE_POOL_SIZE: String(CONNECTIONS) });
const { sql, tenant, brand } = await world.createTenant();

/** What each wallet owes: the debits of about the last twenty days. */
const OWED = 40_000;
/** Debits of half a year: ten a day of ten units each, none of which is overdue. */
const addHistory = (agencyId: string) =>
  sql.run(
    q.raw(
      `insert into wallet_entries (id, wallet_id, key, kind, amount_minor, balance_after_minor, held_after_minor, created_at)
       select gen_random_uuid(), w.id, 'past:' || n, 'capture', -200, -?::bigint, 0, now() - n * interval '144 minutes'
       from wallets w, generate_series(1, 1800) n where w.agency_id = ?`,
      [OWED, agencyId],
    ),
  );

const chains: { parent: string; child: string }[] = [];
for (let n = 0; n < AGENCIES; n += 1) {
  const parent = await addAgency(sql, `Agency ${n}`);
  const child = await addAgency(sql, `Agency ${n} below`, parent);
  for (const { id } of [parent, child]) {
    await ensureWallet(sql, id, 'EUR');
    await world.database.withTenant(tenant, async (tx) => {
      await changeCreditLimit(tx, { agencyId: id, limitMinor: 1_000_000_000, actorId: null });
      await changeTerms(tx, { agencyId: id, paymentDays: 30, graceDays: 5 });
      const owed = { agencyId: id, amountMinor: -OWED, kind: 'adjustment' as const, reason: 'Taken over', key: 'owed' };
      await adjust(tx, { ...owed, actorId: null, occurredAt: new Date() });
    });
    await addHistory(id);
  }
  chains.push({ parent: parent.id, child: child.id });
}

let made: string[] = [];
/** Bookings to hold for, made beforehand: what is measured is the wallet. */
async function makeBookings(count: number): Promise<void> {
  const rows = await sql.all<{ id: string }>(
    q.raw(
      `insert into bookings (id, reference, state, brand_id, title, lead_name, lead_surname, contact, locale, currency, total_minor,
         payment_method, starts_on, ends_on)
       select gen_random_uuid(), 'B' || nextval('bench_reference'), 'pending', ?::uuid, 'Madrid to London', '-', '', '{}', 'en', 'EUR', 23970,
         'wallet', '2026-12-01', '2026-12-05' from generate_series(1, ?::int) returning id`,
      [brand.id, count],
    ),
  );
  made = rows.map(({ id }) => id);
}

const owner = new pg.Pool({ connectionString: world.config.DATABASE_URL, max: CONNECTIONS });
await owner.query(
  `create sequence ${tenant.schema}.bench_reference; grant usage on sequence ${tenant.schema}.bench_reference to public`,
);
await owner.query(`create schema tpcb;
  create table tpcb.branches (id int primary key, balance int not null default 0);
  create table tpcb.tellers (id int primary key, balance int not null default 0);
  create table tpcb.accounts (id int primary key, balance int not null default 0);
  create table tpcb.history (teller int, branch int, account int, delta int, at timestamptz);
  insert into tpcb.branches select n from generate_series(1, ${AGENCIES}) n;
  insert into tpcb.tellers select n from generate_series(1, ${AGENCIES * 10}) n;
  insert into tpcb.accounts select n from generate_series(1, ${ACCOUNTS}) n;
  analyze`);

const some = (count: number): number => 1 + Math.floor(Math.random() * count);

/** One transaction as pgbench's built-in script sends it, statement by statement. */
async function plain(): Promise<void> {
  const client = await owner.connect();
  try {
    const [account, teller, branch, delta] = [some(ACCOUNTS), some(AGENCIES * 10), some(AGENCIES), some(10_000)];
    await client.query('begin');
    await client.query('update tpcb.accounts set balance = balance + $1 where id = $2', [delta, account]);
    await client.query('select balance from tpcb.accounts where id = $1', [account]);
    await client.query('update tpcb.tellers set balance = balance + $1 where id = $2', [delta, teller]);
    await client.query('update tpcb.branches set balance = balance + $1 where id = $2', [delta, branch]);
    await client.query('insert into tpcb.history values ($1, $2, $3, $4, now())', [teller, branch, account, delta]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function hold(): Promise<void> {
  const bookingId = made.pop();
  const chain = chains[some(AGENCIES) - 1];
  if (!bookingId || !chain) throw new Error('There are no bookings left: make more of them');
  const edges = [
    { agencyId: chain.parent, amountMinor: 230 },
    { agencyId: chain.child, amountMinor: 235 },
  ];
  await world.database.withTenant(tenant, (tx) => holdForBooking(tx, { bookingId, currency: 'EUR', edges }));
}

/** How many a second, by as many loops as connections. */
async function rate(work: () => Promise<void>): Promise<number> {
  const ends = performance.now() + seconds * 1000;
  let done = 0;
  const loop = async () => {
    while (performance.now() < ends) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, loop));
  return done / seconds;
}
const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

try {
  const [holds, plains]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    await makeBookings(Math.ceil(seconds * 3000));
    const pair = [await rate(plain), await rate(hold)] as const;
    // The first round warms caches and connections.
    if (round === 0) continue;
    plains.push(pair[0]);
    holds.push(pair[1]);
  }
  const ratio = middle(holds.map((value, at) => value / (plains[at] ?? 1)));
  const figure = (values: readonly number[]) => Math.round(middle(values)).toLocaleString('en');
  const met = ratio >= TARGET;
  console.log(
    JSON.stringify({
      title: `Bookings from wallets: holds on two edges, ${AGENCIES} chains, ${CONNECTIONS} connections`,
      rows: [
        ['TPC-B-like transaction, `pg`', figure(plains), '1', '', ''],
        ['hold of a booking, two wallets', figure(holds), ratio.toFixed(2), `≥ ${TARGET}`, met ? 'met' : 'missed'],
      ],
      remarks: [`Middle of ${rounds} rounds of ${seconds} s each, in turns; the ratio is that of each round's pair.`],
      met,
      ratio: ratio.toFixed(2),
    }),
  );
} finally {
  await owner.end();
  await world.close();
}
