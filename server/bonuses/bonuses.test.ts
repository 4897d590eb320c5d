import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { newId } from '../kernel/ids.ts';
import { verifyLedger } from '../ledger/index.ts';
import { actorOf, addAgency, numbersIn, type TestAgency } from '../ledger/testing.ts';
import { settleAgencies } from '../settlement/index.ts';
import { balanceOf } from '../settlement/testing.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { evaluateBonus } from './campaign.ts';
import { changeCampaign, closeCampaign, createCampaign } from './edit-campaigns.ts';
import { presentAgencyBonus } from './presenter.ts';
import { listAgencyBonuses, listProgress } from './read-progress.ts';
import { reckonBonuses } from './reckon-bonuses.ts';
import type { BonusCampaignInput } from './schema.ts';
import { addSales, setBookingState } from './testing.ts';

let world: TestWorld;
let made: Awaited<ReturnType<TestWorld['createTenant']>>;
let a: TestAgency;
let b: TestAgency;
beforeAll(async () => {
  world = await createTestWorld();
});
beforeEach(async () => {
  made = await world.createTenant();
  a = await addAgency(made.sql, 'Agency A');
  b = await addAgency(made.sql, 'Agency B', a);
});
afterAll(() => world?.close());

const admin = actorOf(null);
const BEGIN = new Date('2026-12-01T00:00:00Z');
/** After December and its days of grace. */
const DUE = new Date('2027-01-04T00:20:00Z');
const input = (over: Partial<BonusCampaignInput> = {}): BonusCampaignInput => ({
  name: 'More in December',
  period: 'month',
  startsOn: '2026-12-01',
  endsOn: '2026-12-31',
  audience: { kind: 'all' },
  match: {},
  basis: 'confirmed',
  measure: 'bookings',
  mode: 'retroactive',
  steps: [{ above: 50, reward: { kind: 'rate', basisPoints: 200 } }],
  capMinor: null,
  overlap: 'stack',
  graceDays: 3,
  ...over,
});
const within = <T>(work: Parameters<typeof world.database.withTenant<T>>[1]) =>
  world.database.withTenant(made.tenant, work);
const campaign = (over: Partial<BonusCampaignInput> = {}) =>
  within((sql) => createCampaign(sql, admin, { id: newId(), input: input(over), currency: 'EUR', now: BEGIN }));
const sell = (agency: TestAgency, count: number, baseMinor: number, at = '2026-12-10T10:00:00Z') =>
  addSales(made.sql, { brandId: made.brand.id, agency, count, at, baseMinor });
const reckon = (now = DUE) =>
  reckonBonuses(within, {
    now,
    onFault: (error) => {
      throw error;
    },
  });
const postings = async (agency: TestAgency) =>
  (
    await made.sql.all<{ amount_minor: number }>(
      q('commission_adjustments').where({ agency_id: agency.id }).orderBy('id').select('amount_minor'),
    )
  ).map((row) => row.amount_minor);

it('pays 2 % once the 51st booking is sold, on the next statement, and takes it back when one is cancelled', async () => {
  await campaign();
  const first = await sell(a, 50, 19_037);
  await sell(b, 50, 19_037);
  expect(await reckon()).toEqual({ reckoned: 2, posted: 0, failed: 0 });
  await sell(a, 1, 19_037, '2026-12-31T23:59:59Z');
  // A day too late for December.
  await sell(b, 1, 19_037, '2027-01-01T00:00:00Z');
  expect((await reckon()).posted).toBe(1);
  expect((await Promise.all([reckon(), reckon()])).map(({ posted }) => posted)).toEqual([0, 0]);
  expect(await postings(a)).toEqual([19_418]);
  expect(await postings(b)).toEqual([]);
  expect(await balanceOf(made.sql, `agency_payable:${a.id}`)).toBe(-19_418);
  expect(await balanceOf(made.sql, 'commission_income', a.id)).toBe(-19_418);

  await settleAgencies(within, {
    now: new Date('2027-03-01T00:25:00Z'),
    onFault: (error) => expect(error).toBeUndefined(),
  });
  const line = await made.sql.one<{ kind: string; amount_minor: number }>(
    q('settlement_lines').select('kind', 'amount_minor'),
  );
  expect(line).toEqual({ kind: 'memo', amount_minor: 19_418 });

  await setBookingState(made.sql, first.slice(0, 1), 'cancelled');
  expect((await reckon(new Date('2027-03-02T00:20:00Z'))).posted).toBe(1);
  expect(await postings(a)).toEqual([19_418, -19_418]);
  expect(await verifyLedger(made.sql)).toMatchObject({ imbalances: [] });
  expect((await verifyLedger(made.sql)).brokenAt).toBeUndefined();
});

it('reckons nobody again without a change', async () => {
  await campaign();
  await sell(a, 2, 100);
  expect((await reckon()).reckoned).toBe(1);
  await made.sql.run(q('bonus_accruals').update({ evaluated_at: q.raw(`now() + interval '2 hours'`) }));
  expect((await reckon()).reckoned).toBe(0);
});

it('posts what the final state comes to, in whatever order sales, cancellations and runs happen', async () => {
  const steps: BonusCampaignInput['steps'] = [
    { above: 1, reward: { kind: 'rate', basisPoints: 333 } },
    { above: 3, reward: { kind: 'rate', basisPoints: 777 } },
  ];
  const rising = await campaign({ name: 'Rising', steps, mode: 'marginal', overlap: 'best' });
  const flat = await campaign({ name: 'Flat', steps: steps.slice(0, 1), capMinor: 4000, overlap: 'best' });
  const event = fc.oneof(
    fc.record({ kind: fc.constant('sell' as const), baseMinor: fc.integer({ min: 1, max: 99_999 }) }),
    fc.record({ kind: fc.constantFrom('cancel' as const, 'restore' as const), which: fc.nat(9) }),
    fc.record({ kind: fc.constant('reckon' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 14 }), async (events) => {
      const agency = await addAgency(made.sql, 'Some agency');
      const sold: { id: string; baseMinor: number; isCancelled: boolean }[] = [];
      for (const one of events)
        if (one.kind === 'reckon') await reckon();
        else if (one.kind === 'sell') {
          // A minute apart, so that their order is known.
          const at = `2026-12-10T10:${String(sold.length + 10)}:00Z`;
          const [id = ''] = await sell(agency, 1, one.baseMinor, at);
          sold.push({ id, baseMinor: one.baseMinor, isCancelled: false });
        } else {
          const sale = sold[one.which % Math.max(1, sold.length)];
          if (!sale) continue;
          sale.isCancelled = one.kind === 'cancel';
          await setBookingState(made.sql, [sale.id], sale.isCancelled ? 'cancelled' : 'confirmed');
        }
      await reckon();
      await reckon();
      const counted = sold
        .filter(({ isCancelled }) => !isCancelled)
        .map(({ baseMinor }) => ({ baseMinor, volumeMinor: baseMinor }));
      const best = Math.max(...[rising, flat].map((terms) => evaluateBonus(terms, counted).amountMinor));
      expect((await postings(agency)).reduce((sum, amount) => sum + amount, 0)).toBe(best);
      // Later runs pass over it.
      await made.sql.run(q('bonus_accruals').update({ evaluated_at: q.raw(`now() + interval '1 day'`) }));
      expect(0 - (await balanceOf(made.sql, `agency_payable:${agency.id}`))).toBe(best);
    }),
    { numRuns: 5 },
  );
  expect((await verifyLedger(made.sql)).imbalances).toEqual([]);
}, 60_000);

it('is made up after a run that died in the middle, and pays nobody twice', async () => {
  await campaign({ steps: [{ above: 0, reward: { kind: 'fixed', amountMinor: 500 } }] });
  const c = await addAgency(made.sql, 'Agency C');
  for (const agency of [a, b, c]) await sell(agency, 1, 1000);
  let transactions = 0;
  const dying: typeof within = async (work) => {
    transactions += 1;
    // The fourth commits and is never heard of again; the fifth dies before its end.
    const done = await within(async (sql) => {
      const result = await work(sql);
      if (transactions >= 5) throw new Error('killed');
      return result;
    });
    if (transactions === 4) throw new Error('killed');
    return done;
  };
  await reckonBonuses(dying, { now: DUE, onFault: () => undefined }).catch(() => undefined);
  await reckon();
  for (const agency of [a, b, c]) expect(await postings(agency)).toEqual([500]);
});

it('takes those it means: by tier, below an agency, or chosen; who was reckoned once stays in', async () => {
  const steps: BonusCampaignInput['steps'] = [{ above: 0, reward: { kind: 'fixed', amountMinor: 100 } }];
  await campaign({ steps, audience: { kind: 'tier', tiers: ['gold'] } });
  await campaign({ steps, audience: { kind: 'subtree', agencyId: a.id } });
  await campaign({ steps, audience: { kind: 'chosen', agencyIds: [b.id] } });
  const other = await addAgency(made.sql, 'Another');
  await made.sql.run(q('agencies').where({ id: other.id }).update({ tier: 'gold' }));
  for (const agency of [a, b, other]) await sell(agency, 1, 1000);
  await reckon();
  expect(await Promise.all([a, b, other].map(postings))).toEqual([[100], [100, 100], [100]]);
  await made.sql.run(q('agencies').where({ id: other.id }).update({ tier: 'bronze' }));
  await reckon();
  expect(await postings(other)).toEqual([100]);
});

it('changes before it begins, then in name and end alone, and not at all once it is over', async () => {
  const now = new Date('2026-11-25T10:00:00Z');
  const made1 = await within((sql) =>
    createCampaign(sql, admin, { id: newId(), input: input(), currency: 'EUR', now }),
  );
  const change = (version: number, over: Partial<BonusCampaignInput>, at: Date) =>
    within((sql) => changeCampaign(sql, admin, { id: made1.id, version, input: input(over), now: at }));
  await change(1, { capMinor: 900 }, now);
  await expect(change(1, {}, now)).rejects.toMatchObject({ code: 'request.version_changed' });
  const begun = new Date('2026-12-05T10:00:00Z');
  await expect(change(2, { capMinor: 1000 }, begun)).rejects.toMatchObject({ code: 'bonus.campaign_begun' });
  await expect(change(2, { capMinor: 900, endsOn: '2026-12-04' }, begun)).rejects.toMatchObject({ status: 400 });
  await change(2, { capMinor: 900, name: 'Renamed', endsOn: null }, begun);
  const closed = await within((sql) => closeCampaign(sql, admin, { id: made1.id, version: 3, now: begun }));
  expect(closed.endsOn).toBe('2026-12-05');
  const over = new Date('2026-12-06T10:00:00Z');
  await expect(change(4, { capMinor: 900, endsOn: '2026-12-31' }, over)).rejects.toMatchObject({
    code: 'bonus.campaign_over',
  });
});

it('shows an agency how many are missing, and no rate to one that buys from another agency', async () => {
  const { id } = await campaign();
  await sell(a, 3, 19_037);
  await sell(b, 2, 19_037, '2026-12-11T10:00:00Z');
  const now = new Date('2026-12-12T10:00:00Z');
  const query = { limit: 10 };
  const read = async (agency: TestAgency) => {
    const { rows, withRates } = await listAgencyBonuses(made.sql, actorOf(agency), agency.id, { query, now });
    return rows.map((row) => presentAgencyBonus(row, { today: '2026-12-12', withRates }));
  };
  const [seen] = await read(a);
  expect(seen?.steps[0]?.reward).toEqual({ kind: 'rate', basisPoints: 200 });
  expect(seen?.progress).toMatchObject({
    state: 'running',
    measured: 3,
    next: { above: 50, missing: 48 },
    paid: null,
    days: [{ day: '2026-12-10', measured: 3 }],
  });
  const below = await read(b);
  // Bookings, what is missing, the threshold, and what its own customers paid.
  expect(numbersIn(below)).toEqual(new Set([2, 49, 50, 0, 38_074]));
  await expect(listAgencyBonuses(made.sql, actorOf(b), a.id, { query, now })).rejects.toMatchObject({ status: 404 });
  const table = await listProgress(made.sql, admin, id, { limit: 20 }, now);
  expect(table.rows.map(({ agency, outcome }) => [agency.name, outcome.bookings])).toEqual([
    ['Agency A', 3],
    ['Agency B', 2],
  ]);
  await expect(listProgress(made.sql, actorOf(a), id, { limit: 20 }, now)).rejects.toMatchObject({ status: 404 });
});
