import { afterAll, beforeAll, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { newId } from '../kernel/ids.ts';
import { verifyLedger } from '../ledger/index.ts';
import { actorOf, addAgency, addBooking } from '../ledger/testing.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { listAdjustments, readAdjustment } from './adjust-earnings.ts';
import { decideAdjustment, proposeAdjustment } from './index.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '6' });
});
afterAll(() => world.close());

const now = new Date('2026-11-24T10:00:00Z');

async function network() {
  const made = await world.createTenant();
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  const author = actorOf(null);
  const propose = (amount: number, more: { id?: string; actor?: Actor; bookingId?: string; currency?: string } = {}) =>
    world.database.withTenant(made.tenant, (sql) =>
      proposeAdjustment(sql, more.actor ?? author, {
        id: more.id ?? newId(),
        input: {
          agencyId: a.id,
          amount: { amount, currency: more.currency ?? 'EUR' },
          reason: 'Goodwill',
          ...(more.bookingId ? { bookingId: more.bookingId } : {}),
        },
        currency: 'EUR',
        limitMinor: 10_000,
        now,
      }),
    );
  const decide = (actor: Actor, id: string, decision: 'approve' | 'reject' = 'approve') =>
    world.database.withTenant(made.tenant, (sql) => decideAdjustment(sql, actor, { id, decision, now }));
  const owed = async () =>
    (
      await made.sql.one<{ balance_minor: number }>(
        q('ledger_balances as l')
          .join('ledger_accounts as c', 'c.id', 'l.account_id')
          .where('c.code', `agency_payable:${a.id}`)
          .select('l.balance_minor'),
      )
    )?.balance_minor ?? 0;
  return { ...made, a, b, author, propose, decide, owed };
}

it('takes effect at once up to the limit, once, in both books', async () => {
  const net = await network();
  const id = newId();
  for (let i = 0; i < 2; i += 1) expect((await net.propose(-6500, { id })).state).toBe('approved');
  expect(await net.owed()).toBe(6500);
  expect((await verifyLedger(net.sql)).imbalances).toEqual([]);
});

it('waits for a second person above the limit, and counts small ones of a day together', async () => {
  const net = await network();
  expect((await net.propose(9000)).state).toBe('approved');
  const cut = await net.propose(1001);
  expect(cut.state).toBe('proposed');
  expect(await net.owed()).toBe(-9000);
  await expect(net.decide(net.author, cut.id)).rejects.toMatchObject({ code: 'commission.author_may_not_approve' });
  const program: Actor = { ...actorOf(null), kind: 'client' };
  await expect(net.decide(program, cut.id)).rejects.toMatchObject({ code: 'commission.author_may_not_approve' });
  expect((await net.decide(actorOf(null), cut.id)).state).toBe('approved');
  expect(await net.owed()).toBe(-10001);
});

it('of two people who approve at once, one wins', async () => {
  const net = await network();
  const { id } = await net.propose(50_000);
  const answers = await Promise.allSettled([1, 2, 3, 4].map(() => net.decide(actorOf(null), id)));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers)
    if (answer.status === 'rejected')
      expect(answer.reason).toMatchObject({ code: 'commission.adjustment_decided', status: 409 });
  expect(await net.owed()).toBe(-50_000);
  await expect(net.decide(actorOf(null), id, 'reject')).rejects.toMatchObject({ status: 409 });
});

it('two at once cannot pass the limit together', async () => {
  const net = await network();
  const made = await Promise.all([net.propose(6000), net.propose(6000)]);
  expect(made.map(({ state }) => state).sort()).toEqual(['approved', 'proposed']);
});

it('a rejected one has no effect, and its author may reject it', async () => {
  const net = await network();
  const { id } = await net.propose(50_000);
  expect((await net.decide(net.author, id, 'reject')).state).toBe('rejected');
  await expect(net.decide(actorOf(null), id)).rejects.toMatchObject({ code: 'commission.adjustment_decided' });
  expect(await net.owed()).toBe(0);
});

it('shows an agency its own, once approved', async () => {
  const net = await network();
  const open = await net.propose(50_000);
  const done = await net.propose(700);
  const list = async (actor: Actor) => (await listAdjustments(net.sql, actor, { limit: 20 })).rows.map(({ id }) => id);
  expect(await list(actorOf(null))).toEqual([done.id, open.id]);
  expect(await list(actorOf(net.a))).toEqual([done.id]);
  expect(await list(actorOf(net.b))).toEqual([]);
  await expect(readAdjustment(net.sql, actorOf(net.a), open.id)).rejects.toMatchObject({ status: 404 });
  await expect(readAdjustment(net.sql, actorOf(net.b), done.id)).rejects.toMatchObject({ status: 404 });
  await expect(net.propose(100, { actor: actorOf(net.a) })).rejects.toMatchObject({ status: 403 });
});

it('refuses another currency and a booking of others', async () => {
  const net = await network();
  await expect(net.propose(100, { currency: 'USD' })).rejects.toMatchObject({ code: 'commission.adjustment_currency' });
  const other = await addBooking(net.sql, { brandId: net.brand.id });
  await expect(net.propose(100, { bookingId: other.id })).rejects.toMatchObject({
    code: 'commission.adjustment_booking',
  });
  const own = await addBooking(net.sql, { brandId: net.brand.id, agency: net.b });
  expect((await net.propose(100, { bookingId: own.id })).booking).toEqual(own);
});
