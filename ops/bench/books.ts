/**
 * The books at size: closing the month of 1,000 agencies, and a ledger of a million entries. Called by `books.mjs` against a PostgreSQL of
 * its own; prints JSON. Targets: the month under 60 s; posting, an account, the trial balance and the journal under 50 ms at the 95th
 * percentile.
 */
import { q } from '../../server/kernel/database/builder.ts';
import { withOwner } from '../../server/kernel/database/owner.ts';
import { newId } from '../../server/kernel/ids.ts';
import { buildWalletMovement, postTransaction } from '../../server/ledger/index.ts';
import { readAccountStatement } from '../../server/ledger/account-statement.ts';
import { presentTrialBalance } from '../../server/ledger/presenter.ts';
import { listAccounts, listJournal } from '../../server/ledger/read-ledger.ts';
import { actorOf, addAgency } from '../../server/ledger/testing.ts';
import { settleAgencies } from '../../server/settlement/index.ts';
import { createTestWorld } from '../../server/testing/index.ts';

const AGENCIES = 1000;
const EARNINGS = 20;
const TRANSACTIONS = 250_000;
const MONTH_TARGET_S = 60;
const TARGET_MS = 50;
const SAMPLES = 200;

const reseller = actorOf(null);
const now = new Date('2026-12-01T00:25:00Z');

const world = await createTestWorld({ DATABASE_POOL_SIZE: '4' });
const made = await world.createTenant();
const { sql, tenant } = made;
const schema = tenant.schema;
/** As the owner of the schema, without triggers: rows of a past nobody waits for. */
const fill = (text: string) =>
  withOwner(world.config.DATABASE_URL, async (owner) => {
    await owner.query(`set search_path = ${schema}; set session_replication_role = replica`);
    await owner.query(text);
    await owner.query('reset session_replication_role');
  });

async function makeAgencies(): Promise<void> {
  await fill(`
    insert into agencies (id, path, depth, name, legal_name, tax_id)
    select id, '/' || id || '/', 1, 'Agency ' || n, 'Agency ' || n || ' SL', 'B58818501'
    from (select gen_random_uuid() as id, n from generate_series(1, ${AGENCIES}) n) a;
    insert into bookings (id, reference, state, brand_id, agency_id, agency_path, title, lead_name, lead_surname, contact, locale, currency,
      total_minor, payment_method, starts_on, ends_on)
    select gen_random_uuid(), 'R' || row_number() over (), 'confirmed', '${made.brand.id}', a.id, a.path, 'Madrid to London', '-', '', '{}',
      'en', 'EUR', 23970, 'card', '2026-11-01', '2026-11-05'
    from agencies a cross join generate_series(1, ${EARNINGS});
    insert into commissions (id, booking_id, agency_id, state, rate_bp, commissionable_minor, amount_minor, markup_minor, currency, payable_at)
    select gen_random_uuid(), id, agency_id, 'pending', 700, 19000, 1330, 470, 'EUR', '2026-11-08T23:59:59Z' from bookings`);
  // What the earnings stand on, so that the closing postings leave nothing negative.
  await fill('analyze');
}

/** A million entries: top-ups of every agency's wallet, in the reseller's book and its own. */
async function makeLedger(): Promise<void> {
  await fill(`
    insert into ledger_books (id, agency_id) select gen_random_uuid(), id from agencies on conflict do nothing;
    insert into ledger_books (id, agency_id) values (gen_random_uuid(), null) on conflict do nothing;
    insert into ledger_accounts (id, book_id, code, kind, currency)
    select gen_random_uuid(), b.id, c.code, c.kind, 'EUR' from ledger_books b,
      lateral (values ('bank_clearing', 'asset'), ('payable:reseller', 'liability'), ('margin', 'income')) c (code, kind)
    on conflict do nothing;
    insert into ledger_accounts (id, book_id, code, kind, currency)
    select gen_random_uuid(), b.id, 'wallet:' || a.id, 'asset', 'EUR' from ledger_books b, agencies a where b.agency_id is null
    on conflict do nothing;
    create temporary table numbered as select id, row_number() over (order by id) - 1 as n from agencies;
    create temporary table movements as
      select s.n, a.id as agency_id, gen_random_uuid() as transaction_id from generate_series(1, ${TRANSACTIONS}) s (n)
      join numbered a on a.n = s.n % ${AGENCIES};
    insert into ledger_transactions (id, sequence, source, key, description, occurred_at, previous_hash, hash)
    select transaction_id, (select sequence from ledger_chain) + n, 'top_up', 'bench/' || n, 'Top-up',
      timestamptz '2026-01-01' + n * interval '1 minute', md5((n - 1)::text), md5('bench' || n) from movements;
    insert into ledger_entries (id, transaction_id, book_id, account_id, amount_minor, currency)
    select gen_random_uuid(), m.transaction_id, a.book_id, a.id, e.sign * 1000, 'EUR' from movements m
    cross join lateral (values (null::uuid, 'bank_clearing', 1), (null, 'wallet:' || m.agency_id, -1),
      (m.agency_id, 'payable:reseller', 1), (m.agency_id, 'bank_clearing', -1)) e (agency_id, code, sign)
    join ledger_books b on b.agency_id is not distinct from e.agency_id
    join ledger_accounts a on a.book_id = b.id and a.code = e.code;
    update ledger_chain set sequence = sequence + ${TRANSACTIONS};
    insert into ledger_balances (account_id, balance_minor) select account_id, sum(amount_minor) from ledger_entries group by account_id
    on conflict (account_id) do update set balance_minor = excluded.balance_minor`);
  await fill('analyze');
}

/** Milliseconds at the 95th percentile, and the middle. */
async function measure(work: (n: number) => Promise<unknown>): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  for (let n = -10; n < SAMPLES; n += 1) {
    const began = performance.now();
    await work(n);
    if (n >= 0) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(SAMPLES / 2)] ?? 0, p95: times[Math.floor(SAMPLES * 0.95)] ?? 0 };
}

try {
  await makeAgencies();
  const began = performance.now();
  const outcome = await settleAgencies((work) => world.database.withTenant(tenant, work), {
    now,
    onFault: (error) => {
      throw error;
    },
  });
  const seconds = (performance.now() - began) / 1000;
  if (outcome.closed !== AGENCIES) throw new Error(`${outcome.closed} of ${AGENCIES} statements were closed`);

  await makeLedger();
  const entries = (await sql.one<{ n: number }>(q('ledger_entries').select(q.raw('count(*)::int as n'))))?.n ?? 0;
  const agency = await addAgency(sql, 'The one who asks');
  const accounts = await listAccounts(sql, reseller, { book: 'reseller' });
  const longest = accounts.find(({ code }) => code === 'bank_clearing');
  const someAgency = (await sql.one<{ id: string }>(q('agencies').where({ name: 'Agency 7' }).select('id')))?.id ?? '';
  const owner = { ...actorOf(agency), agencyId: someAgency };
  if (!longest) throw new Error('The ledger has no bank account');

  const post = (n: number) =>
    world.database.withTenant(tenant, (tx) =>
      postTransaction(
        tx,
        buildWalletMovement({
          movementId: `${n}/${newId()}`,
          kind: 'top_up',
          parentId: null,
          childId: someAgency,
          amount: 1000,
          currency: 'EUR',
        }),
        { occurredAt: now, description: 'Top-up' },
      ),
    );
  let cursor: string | null = null;
  const deep = async () => {
    const query = { limit: 20, ...(cursor === null ? {} : { cursor }) };
    ({ next: cursor } = await readAccountStatement(sql, reseller, { id: longest.id, query }));
  };
  const works: [name: string, work: (n: number) => Promise<unknown>][] = [
    ['posting of four entries', post],
    ['page of the longest account, one after the other', deep],
    [
      'trial balance of the reseller’s book',
      async () => presentTrialBalance(await listAccounts(sql, reseller, { book: 'reseller' }), 'Reseller', now),
    ],
    [
      'trial balance of every book',
      async () => presentTrialBalance(await listAccounts(sql, reseller, {}), 'Reseller', now),
    ],
    [
      'trial balance of an agency',
      async () => presentTrialBalance(await listAccounts(sql, owner, {}), 'Reseller', now),
    ],
    ['page of the journal', () => listJournal(sql, reseller, { limit: 20 })],
    ['page of an agency’s journal', () => listJournal(sql, owner, { limit: 20 })],
  ];
  const rows = [
    {
      name: `month-end of ${AGENCIES} agencies, ${EARNINGS} earnings each`,
      figures: `${seconds.toFixed(1)} s`,
      target: `< ${MONTH_TARGET_S} s`,
      met: seconds < MONTH_TARGET_S,
    },
  ];
  for (const [name, work] of works) {
    const { p50, p95 } = await measure(work);
    const figures = `${p50.toFixed(1)} / ${p95.toFixed(1)} ms`;
    rows.push({ name, figures, target: `p95 < ${TARGET_MS} ms`, met: p95 < TARGET_MS });
  }
  const title = `The books: ${AGENCIES.toLocaleString('en')} agencies, ${entries.toLocaleString('en')} entries`;
  console.log(JSON.stringify({ title, rows, remarks: ['Median / 95th percentile, one request after the other.'] }));
} finally {
  await world.close();
}
