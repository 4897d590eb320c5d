import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { verifyLedger } from '../../server/ledger/index.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { adult, contact, findExampleFlight, quoteOf } from '../../server/testing/trips.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';

let world: PlatformWorld;
let first: TestSite;
let worker: TestWorker;
let admin: SiteClient;
let guest: SiteClient;
beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  worker = world.createWorker();
  admin = (await first.signIn('admin', 'reseller')).client;
  guest = first.guest('b');
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const terms = (code: string, over: object = {}) => ({
  code,
  name: 'A campaign',
  value: { kind: 'percent', basisPoints: 200, capMinor: null },
  match: {},
  saleFrom: null,
  saleTo: null,
  minTotalMinor: 0,
  maxUses: null,
  maxPerCustomer: null,
  resellerBp: 10_000,
  stacksWithRules: true,
  combinable: false,
  state: 'active',
  ...over,
});
async function create(code: string, over: object = {}, client = admin): Promise<{ id: string; version: number }> {
  const answer = await client.post('/promo-codes', terms(code, over));
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body as { id: string; version: number };
}
/** The flight of worked example A, frozen for agency B's brand at 239.70. */
const quote = async () => (await quoteOf(guest, (await findExampleFlight(world, guest)).id)).id;
const bookWith = (quoteId: string, email: string, promoCodes: string[], over: object = {}) =>
  guest.post('/bookings', {
    items: [{ quoteId }],
    travellers: [adult()],
    contact: contact(email),
    payment: { method: 'card', paymentMethodId: 'pm_card_visa' },
    promoCodes,
    ...over,
  });
const usesOf = async (id: string) => (await admin.get(`/promo-codes/${id}`)).body.uses as number;

describe('a code', () => {
  it('is checked in any case, agreed to, and borne by the reseller down the books; a cancellation takes shares back', async () => {
    const made = await create('Summer-2');
    const quoteId = await quote();
    const checked = await guest.post('/promo-codes/check', { quoteId, promoCodes: [' sUMMER-2 '] });
    expect(checked.body).toEqual({
      total: { amount: 23491, currency: 'EUR' },
      before: { amount: 23970, currency: 'EUR' },
      discounts: [{ code: 'Summer-2', amount: { amount: 479, currency: 'EUR' } }],
    });
    const booked = await bookWith(quoteId, 'summer@promo.test', ['summer-2'], { expectedTotal: checked.body.total });
    expect([booked.status, booked.body.total?.amount]).toEqual([201, 23491]);
    await worker.drain();
    const access = `?access=${booked.body.guestToken}`;
    const mine = (await guest.get(`/bookings/${booked.body.id}${access}`)).body;
    expect(mine).toMatchObject({ discount: { total: { amount: 479 }, codes: ['Summer-2'] }, state: 'ticketed' });
    const { earnings } = (await admin.get(`/bookings/${booked.body.id}`)).body;
    expect(earnings).toMatchObject({ margin: { amount: 421 }, discount: { amount: 479 } });
    expect(await usesOf(made.id)).toBe(1);

    const cancellation = (await guest.post(`/bookings/${booked.body.id}/cancellation-quotes${access}`)).body;
    // Example C of 234.91: 60 % of it.
    expect(cancellation.refund.amount).toBe(14095);
    await guest.post(`/cancellation-quotes/${cancellation.id}/confirm${access}`);
    await worker.drain();
    const verified = await verifyLedger(first.sql);
    expect([verified.brokenAt, verified.imbalances]).toEqual([undefined, []]);
    const csv = await admin.file(`/promo-codes/${made.id}/export`);
    expect(csv.data.toString()).toContain(`Summer-2,${booked.body.reference},`);
  });

  it('of an agency is borne by it whole, and is on its own sales alone', async () => {
    const agency = first.at('b', { authorization: `Bearer ${await first.token('agency_admin', 'b')}` });
    const made = await agency.post('/promo-codes', terms('OWN', { resellerBp: 10_000 }));
    expect([made.status, made.body.resellerBp]).toEqual([201, 0]);
    const mine = await guest.post('/promo-codes/check', { quoteId: await quote(), promoCodes: ['own'] });
    // 2 % of 239.70 is 4.79, and the seller's whole markup 4.70.
    expect(mine.body.total.amount).toBe(23500);
    const above = first.guest('a');
    const theirs = await quoteOf(above, (await findExampleFlight(world, above)).id);
    const other = await above.post('/promo-codes/check', { quoteId: theirs.id, promoCodes: ['own'] });
    expect([other.status, other.body.reason]).toEqual([422, 'unknown']);
    expect((await admin.get(`/promo-codes/${made.body.id}`)).status).toBe(404);
  });

  it('that the reseller bears lowers what every wallet of the chain pays, and the agent sees by how much', async () => {
    const made = await create('WALLET-2');
    const agent = first.at('b', { authorization: `Bearer ${await first.token('agent', 'b')}` });
    const { id: quoteId } = await quoteOf(agent, (await findExampleFlight(world, agent)).id);
    const checked = await agent.post('/promo-codes/check', { quoteId, promoCodes: ['WALLET-2'] });
    expect(checked.body).toMatchObject({ total: { amount: 23491 }, own: { buyPrice: { amount: 23021 } } });
    const asGuest = await guest.post('/promo-codes/check', { quoteId: await quote(), promoCodes: ['WALLET-2'] });
    expect(asGuest.body).not.toHaveProperty('own');
    const balances = async () =>
      Promise.all(
        [first.agencies.a, first.agencies.b].map(
          async (agency) => (await admin.get(`/agencies/${agency}/wallet`)).body.balance.amount as number,
        ),
      );
    const before = await balances();
    const booked = await agent.post('/bookings', {
      items: [{ quoteId }],
      travellers: [adult()],
      contact: contact('wallet@promo.test'),
      payment: { method: 'wallet' },
      promoCodes: ['wallet-2'],
      expectedTotal: checked.body.total,
    });
    expect([booked.status, booked.body.total?.amount]).toEqual([201, 23491]);
    await worker.drain();
    const after = await balances();
    expect(before.map((amount, n) => amount - (after[n] ?? 0))).toEqual([22521, 23021]);
    expect(await usesOf(made.id)).toBe(1);
    const verified = await verifyLedger(first.sql);
    expect([verified.brokenAt, verified.imbalances]).toEqual([undefined, []]);
  });

  it('says why it is refused, and that guessing is over', async () => {
    await create('LATER', { saleFrom: '2099-01-01T00:00:00.000Z' });
    await create('HOTELS', { match: { product: ['stay'] } });
    await create('BIGSPENDER', { minTotalMinor: 100_000 });
    await create('ONCE', { maxPerCustomer: 1 });
    const quoteId = await quote();
    const reasonOf = async (promoCodes: string[]) => {
      const answer = await guest.post('/promo-codes/check', { quoteId, promoCodes });
      return [answer.status, answer.body.reason];
    };
    expect(await reasonOf(['LATER'])).toEqual([422, 'not_yet']);
    expect(await reasonOf(['HOTELS'])).toEqual([422, 'other_trips']);
    expect(await reasonOf(['BIGSPENDER'])).toEqual([422, 'below_minimum']);
    expect(await reasonOf(['ONCE', 'HOTELS'])).toEqual([422, 'not_together']);
    expect((await bookWith(quoteId, 'once@promo.test', ['ONCE'])).status).toBe(201);
    const again = await bookWith(await quote(), 'ONCE@promo.test', ['once']);
    expect([again.status, again.body.reason]).toEqual([422, 'used_by_you']);
    const stale = await bookWith(await quote(), 'other@promo.test', ['once'], {
      expectedTotal: { amount: 100, currency: 'EUR' },
    });
    expect([stale.status, stale.body.code]).toEqual([409, 'booking.price_changed']);
    for (let n = 0; n < 20; n += 1) expect((await reasonOf([`WRONG${n}`]))[1]).toBe('unknown');
    expect((await reasonOf(['WRONG20']))[0]).toBe(429);
    expect((await bookWith(quoteId, 'x@promo.test', ['WRONG21'])).status).toBe(429);
    // A right guess tells no more than a wrong one.
    expect((await reasonOf(['LATER']))[0]).toBe(429);
  });

  it('of five uses is had by exactly five of twenty at once, and given back by who never pays', async () => {
    const made = await create('FIVE', { maxUses: 5 });
    const quotes = await Promise.all(Array.from({ length: 20 }, quote));
    const answers = await Promise.all(
      quotes.map((id, n) => bookWith(id, `five${n}@promo.test`, ['FIVE'], { payment: { method: 'card' } })),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(5);
    expect(new Set(answers.filter((one) => one.status !== 201).map(({ body }) => body.reason))).toEqual(
      new Set(['used_up']),
    );
    expect(await usesOf(made.id)).toBe(5);
    const fewer = await admin.put(`/promo-codes/${made.id}`, terms('FIVE', { maxUses: 4 }), {
      headers: { 'if-match': `"${made.version}"` },
    });
    expect([fewer.status, fewer.body.code, fewer.body.uses]).toEqual([422, 'promo.used_more_often', 5]);
    await worker.drain();
    world.passTime(45 * 60);
    await worker.makeDue();
    await worker.drain();
    expect(await usesOf(made.id)).toBe(0);
    const states = await first.sql.all(q('promo_redemptions').where({ code_id: made.id }).distinct('state'));
    expect(states).toEqual([{ state: 'released' }]);
    world.resetTime();
  });
});
