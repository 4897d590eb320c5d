import { afterAll, beforeAll, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { readAccountStatement } from './account-statement.ts';
import { closeMonth, listClosedMonths, reopenMonth } from './close-month.ts';
import { journalCsv, plainTextJournal } from './export-journal.ts';
import { buildWalletMovement, postTransaction, verifyLedger } from './index.ts';
import { listAccounts, readJournal } from './read-ledger.ts';
import { actorOf, addAgency } from './testing.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '6' });
});
afterAll(() => world.close());

const reseller = actorOf(null);
const december = new Date('2026-12-03T10:00:00Z');

async function network() {
  const made = await world.createTenant();
  const a = await addAgency(made.sql, 'Agency: A');
  const b = await addAgency(made.sql, 'Agency B', a);
  const within = <T>(work: (sql: TenantSql) => Promise<T>) => world.database.withTenant(made.tenant, work);
  const post = (key: string, at: string, more: { amount?: number; whenClosed?: 'move'; child?: 'b' } = {}) =>
    within((sql) =>
      postTransaction(
        sql,
        buildWalletMovement({
          movementId: key,
          kind: 'top_up',
          parentId: more.child ? a.id : null,
          childId: more.child ? b.id : a.id,
          amount: more.amount ?? 1000,
          currency: 'EUR',
        }),
        {
          occurredAt: new Date(at),
          description: `Top-up ${key}; "cash"`,
          ...(more.whenClosed ? { whenClosed: more.whenClosed } : {}),
        },
      ),
    );
  const close = (month: string, now = december) => within((sql) => closeMonth(sql, reseller, { month, now }));
  const reopen = (month: string) => within((sql) => reopenMonth(sql, reseller, { month }));
  return { ...made, a, b, within, post, close, reopen };
}

it('refuses what is dated in a closed month with a clear problem, and keeps what cannot be refused', async () => {
  const net = await network();
  await net.post('1', '2026-11-10T10:00:00Z');
  await net.close('2026-11');
  await expect(net.post('2', '2026-11-30T23:59:59Z')).rejects.toMatchObject({
    code: 'ledger.month_closed',
    status: 409,
  });
  await expect(net.post('2', '2026-10-01T00:00:00Z')).rejects.toMatchObject({ code: 'ledger.month_closed' });
  await net.post('3', '2026-11-30T23:59:59Z', { whenClosed: 'move' });
  await net.post('4', '2026-12-01T00:00:00Z');
  const dates = await net.sql.all<{ occurred_at: Date }>(
    q('ledger_transactions').orderBy('sequence').select('occurred_at'),
  );
  expect(dates.map((row) => row.occurred_at.toISOString())).toEqual([
    '2026-11-10T10:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
  ]);
  // A repeat of what was posted before answers it, closed or not.
  expect((await net.post('1', '2026-11-10T10:00:00Z')).repeated).toBe(true);
  expect(await verifyLedger(net.sql)).toEqual({ transactions: 3, imbalances: [] });
});

it('PostgreSQL itself refuses it too', async () => {
  const net = await network();
  await net.post('1', '2026-11-10T10:00:00Z');
  await net.close('2026-11');
  const row = { id: net.a.id, sequence: 99, source: 'x', key: 'x', description: 'x', previous_hash: 'x', hash: 'y' };
  await expect(
    net.sql.run(q('ledger_transactions').insert({ ...row, occurred_at: '2026-11-30T00:00:00Z' })),
  ).rejects.toThrow(/is closed/);
});

it('closes ended months in order, and opens the last one only', async () => {
  const net = await network();
  await expect(net.close('2026-12')).rejects.toMatchObject({ code: 'ledger.month_not_ended' });
  await net.close('2026-10');
  await expect(net.close('2026-09')).rejects.toMatchObject({ code: 'ledger.month_already_closed' });
  const answers = await Promise.allSettled([1, 2, 3].map(() => net.close('2026-11')));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(net.reopen('2026-10')).rejects.toMatchObject({ code: 'ledger.not_the_last_month' });
  await net.reopen('2026-11');
  expect((await listClosedMonths(net.sql)).map(({ month }) => month)).toEqual(['2026-10']);
  await net.post('1', '2026-11-10T10:00:00Z');
  await expect(
    net.within((sql) => closeMonth(sql, actorOf(net.a), { month: '2026-11', now: december })),
  ).rejects.toMatchObject({ status: 404 });
});

it('reads an account newest first with its running balance, over pages and while others post', async () => {
  const net = await network();
  for (let i = 1; i <= 5; i += 1) await net.post(String(i), '2026-11-10T10:00:00Z', { amount: i * 100 });
  const account = (await listAccounts(net.sql, reseller, { book: 'reseller' })).find(
    ({ code }) => code === 'bank_clearing',
  )!;
  const page = (cursor?: string) =>
    readAccountStatement(net.sql, reseller, { id: account.id, query: { limit: 2, ...(cursor ? { cursor } : {}) } });
  const first = await page();
  expect(first.rows.map((row) => [row.amount_minor, row.balance_minor])).toEqual([
    [500, 1500],
    [400, 1000],
  ]);
  await net.post('6', '2026-11-10T10:00:00Z', { amount: 9999 });
  const second = await page(first.next!);
  const third = await page(second.next!);
  expect([...second.rows, ...third.rows].map((row) => row.balance_minor)).toEqual([600, 300, 100]);
  expect(third.next).toBeNull();
  await expect(
    readAccountStatement(net.sql, actorOf(net.a), { id: account.id, query: { limit: 2 } }),
  ).rejects.toMatchObject({ status: 404 });
});

it('exports the journal as CSV and as plain-text accounting; an agency its own book only', async () => {
  const net = await network();
  await net.post('1', '2026-10-10T10:00:00Z', { amount: 123_456 });
  await net.post('2', '2026-11-10T10:00:00Z', { amount: 500, child: 'b' });
  const all = async (parts: AsyncIterable<string>) => {
    let text = '';
    for await (const one of parts) text += one;
    return text;
  };
  const options = { resellerName: 'Aurora', withChain: true };
  const csv = await all(journalCsv(readJournal(net.sql, reseller, { from: '2026-10-01', to: '2026-10-31' }), options));
  expect(csv.slice(1).split('\r\n').slice(0, 3)).toEqual([
    'date,number,source,key,description,booking,book,account,with,debit,credit,currency',
    '2026-10-10,1,top_up,1,"Top-up 1; ""cash""",,Aurora,bank_clearing,,1234.56,,EUR',
    '2026-10-10,1,top_up,1,"Top-up 1; ""cash""",,Aurora,wallet,Agency: A,,1234.56,EUR',
  ]);
  expect(csv).not.toContain('2026-11');
  const journal = await all(plainTextJournal(readJournal(net.sql, reseller, {}), options));
  expect(journal.split('\n').slice(2, 5)).toEqual([
    '2026-10-10 * (1) Top-up 1 "cash"',
    '    assets:Aurora:bank_clearing  1234.56 EUR',
    '    assets:Aurora:wallet:Agency A  -1234.56 EUR',
  ]);
  const ofB = await all(journalCsv(readJournal(net.sql, actorOf(net.b), {}), { ...options, withChain: false }));
  expect(ofB).toContain('Agency B');
  expect(ofB).not.toMatch(/1234|Aurora,/);
});
