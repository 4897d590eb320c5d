import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { json, q } from '../../server/kernel/database/builder.ts';
import { verifyLedger } from '../../server/ledger/index.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { adult, book } from '../../server/testing/trips.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';

/** Where the sandbox keeps its hotels with a part to play. */
const PACIFIC = { latitude: -24.38, longitude: -128.32, radiusKm: 5 };

let world: PlatformWorld;
let first: TestSite;
let worker: TestWorker;
let admin: SiteClient;

beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  worker = world.createWorker();
  admin = (await first.signIn('admin', 'reseller')).client;
  // The demo has rates; this begins without.
  await first.sql.run(q('exchange_rates').delete());
  // The markups of example K.
  const percent = (basisPoints: number) => json({ kind: 'percent', basisPoints, of: 'total' });
  await first.sql.run(
    q('markup_rules')
      .whereNull('owner_agency_id')
      .update({ value: percent(500), version: q.raw('version + 1') }),
  );
  await first.sql.run(
    q('markup_rules')
      .whereNotNull('owner_agency_id')
      .update({ value: percent(1000), version: q.raw('version + 1') }),
  );
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

async function quoteHotel(client: SiteClient, name: string) {
  const found = await client.post('/hotels/searches', {
    near: PACIFIC,
    checkIn: world.day(40),
    checkOut: world.day(41),
    rooms: [{ adults: 1, childAges: [] }],
  });
  expect([found.status, found.text]).toEqual([201, expect.any(String)]);
  const row = found.body.hotels.find((one: { hotel: { name: string } }) => one.hotel.name === name);
  if (!row) return undefined;
  const detail = await client.get(`/hotels/${row.hotel.id}?searchId=${found.body.id}`);
  const quote = await client.post('/hotels/quotes', { offerId: detail.body.rates[0].id });
  expect([quote.status, quote.text]).toEqual([201, expect.any(String)]);
  return quote.body as { id: string; total: { amount: number; currency: string } };
}
const card = { method: 'card', paymentMethodId: 'pm_card_visa' };
const bookAs = (client: SiteClient, quoteId: string, email: string) =>
  book(client, quoteId, { email, payment: card, travellers: [adult()] });
const balances = async () => {
  const rows = await first.sql.all<{ code: string; balance: number }>(
    q('ledger_entries')
      .join('ledger_accounts', 'ledger_accounts.id', 'ledger_entries.account_id')
      .groupBy('ledger_accounts.code')
      .select({ code: 'ledger_accounts.code', balance: q.raw('sum(ledger_entries.amount_minor)::bigint') }),
  );
  return Object.fromEntries(rows.map(({ code, balance }) => [code, Number(balance)]));
};

describe('the parity floor', () => {
  it('example K: the public is asked 240.00, a closed group 231.00, and no anonymous session books at that', async () => {
    const guest = first.guest('a');
    const member = (await first.signIn('agent', 'a')).client;
    const open = (await quoteHotel(guest, 'Suggested to the Public'))!;
    const closed = (await quoteHotel(member, 'Suggested to the Public'))!;
    expect([open.total.amount, closed.total.amount]).toEqual([24000, 23100]);

    const refused = await bookAs(guest, closed.id, 'guest@parity.test');
    expect([refused.status, refused.body.code]).toEqual([403, 'booking.closed_group_price']);
    const [before] = await first.sql.all(q('bookings').where({ total_minor: 23100 }));
    expect(before).toBeUndefined();

    expect((await bookAs(member, closed.id, 'member@parity.test')).status).toBe(201);
    expect((await bookAs(guest, open.id, 'guest@parity.test')).status).toBe(201);
    await worker.drain();
    // The 9.00 between the two are the seller's: 4.00 of the reseller's kept, 21.00 and 9.00 of the agency's.
    const [, surplus] = (
      await first.sql.all<{ markup: number }>(
        q('booking_items')
          .whereIn('total_minor', [23100, 24000])
          .orderBy('total_minor')
          .select({ markup: q.raw(`(build_up->'levels'->1->>'markup')::int`) }),
      )
    ).map(({ markup }) => markup);
    expect(surplus).toBe(3000);
  });
});

describe('exchange', () => {
  it('example E: JPY 45000 are sold on 279.76, 4.13 are earned apart, and a refund posts what the market moved', async () => {
    const guest = first.guest('a');
    expect(await quoteHotel(guest, 'Sold in Yen')).toBeUndefined();
    const settings = (await admin.get('/exchange-rates')).body.settings;
    await admin.put(
      '/exchange-settings',
      { spreadBp: 150, maxAgeHours: 24, takesFeed: false },
      { headers: { 'if-match': `"${settings.version}"` } },
    );
    expect((await admin.put('/exchange-rates/JPY', { mid: '0.006125', source: 'By hand' })).status).toBe(200);

    const quote = (await quoteHotel(guest, 'Sold in Yen'))!;
    const before = await balances();
    const booked = await bookAs(guest, quote.id, 'yen@exchange.test');
    expect(booked.status).toBe(201);
    await worker.drain();
    const after = await balances();
    const moved = (account: string) => (after[account] ?? 0) - (before[account] ?? 0);
    // Credits are negative.
    expect([moved('supplier_payable'), moved('fx_earnings')]).toEqual([-27563, -413]);
    expect((await admin.get(`/bookings/${booked.body.id}`)).body.earnings.fx).toMatchObject({
      net: { amount: 45000, currency: 'JPY' },
      mid: '0.006125',
      earningMinor: 413,
    });
    expect((await guest.get(`/bookings/${booked.body.id}?access=${booked.body.guestToken}`)).text).not.toContain('JPY');

    // The yen rises before the customer cancels: the refund is of the booked rate all the same.
    await admin.put('/exchange-rates/JPY', { mid: '0.006350', source: 'By hand' });
    const path = `/bookings/${booked.body.id}/cancellation-quotes?access=${booked.body.guestToken}`;
    const cancellation = (await guest.post(path)).body;
    expect(cancellation.refund).toEqual(quote.total);
    await guest.post(`/cancellation-quotes/${cancellation.id}/confirm?access=${booked.body.guestToken}`);
    await worker.drain();
    const ended = await balances();
    expect(ended['fx_earnings'] ?? 0).toBe(before['fx_earnings'] ?? 0);
    expect((ended['supplier_payable'] ?? 0) - (before['supplier_payable'] ?? 0)).toBe(28575 - 27563);
    expect((ended['fx_gain_loss'] ?? 0) - (before['fx_gain_loss'] ?? 0)).toBe(-(28575 - 27563));
    const verified = await verifyLedger(first.sql);
    expect([verified.brokenAt, verified.imbalances]).toEqual([undefined, []]);
  });
});
