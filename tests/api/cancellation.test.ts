import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import { verifyVerifactu } from '../../server/invoicing/index.ts';
import { withOwner } from '../../server/kernel/database/owner.ts';
import { evidenceOf } from '../../server/testing/evidence.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { bookExample } from '../../server/testing/trips.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';
import { readTripFigures, verifyLedger } from '../../server/ledger/index.ts';

let world: PlatformWorld;
let first: TestSite;
let worker: TestWorker;
let guest: SiteClient;
let admin: SiteClient;
let agencyA: SiteClient;
let agencyB: SiteClient;

beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  guest = first.guest('b');
  worker = world.createWorker();
  admin = (await first.signIn('admin', 'reseller')).client;
  await first.sql.run(
    q('brands')
      .whereNull('agency_id')
      .update({ legal: q.raw(`legal || '{"taxId": "A28015865"}'::jsonb`) }),
  );
  agencyA = (await first.signIn('agent', 'a')).client;
  agencyB = (await first.signIn('subagent', 'b')).client;
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.resetTime();
  await Promise.all([world.forgetRates(), world.sandboxes.clearFaults()]);
});

let made = 0;
/** The flight of worked example A, paid and ticketed; cancelling keeps 80.00 of the 200.00 net (example C). */
async function ticketed(client: SiteClient, method: 'card' | 'wallet') {
  const payment = method === 'card' ? { method, paymentMethodId: 'pm_card_visa' } : { method };
  const answer = await bookExample(world, client, { email: `leaver${(made += 1)}@cancel.test`, payment });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  await worker.drain();
  const { id, guestToken } = answer.body as { id: string; guestToken?: string };
  return { id, access: guestToken ? `?access=${guestToken}` : '' };
}
const quoteFor = async (client: SiteClient, { id, access }: { id: string; access: string }) => {
  const answer = await client.post(`/bookings/${id}/cancellation-quotes${access}`);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body as { id: string; refund: { amount: number }; penalty: { amount: number } };
};
const earnedBy = async (reader: SiteClient, id: string) =>
  (await reader.get(`/bookings/${id}`)).body.earnings.earned.amount as number;

/** VAT of trips' margins that the reseller's book owes for a booking. */
const vatOwed = async (bookingId: string) => (await readTripFigures(first.sql, bookingId)).get('reseller')?.vat;

describe('VAT inside the margin', () => {
  it('example F: is 689 on the sale, goes down with a credit note by hand and with a refund, and is on no document', async () => {
    const booking = await ticketed(guest, 'card');
    expect(await vatOwed(booking.id)).toBe(689);
    const { data } = (await admin.get(`/invoices?bookingId=${booking.id}`)).body as { data: { id: string }[] };
    const path = `/invoices/${data[0]!.id}`;
    const credit = (body: object) => admin.post(`${path}/credit-notes`, body);
    const note = await credit({ amountMinor: 970, reason: 'Seats were not together' });
    expect([note.status, note.body.corrects?.rectification, note.body.total?.amount]).toEqual([201, 'R5', -970]);
    // 23000 taken and 20000 paid: 3000 × 21/121.
    expect(await vatOwed(booking.id)).toBe(521);
    expect((await admin.get(path)).body.credit.left.amount).toBe(23000);
    const tooMuch = await credit({ amountMinor: 23001, reason: 'All and a cent' });
    expect([tooMuch.status, tooMuch.body.code]).toEqual([409, 'invoice.credit_exceeds_invoice']);
    expect((await agencyB.post(`${path}/credit-notes`, { reason: 'Not theirs to take back' })).status).toBe(403);
    expect((await guest.get(`${path}${booking.access}`)).text).not.toMatch(/689|521/);

    const quote = await quoteFor(guest, booking);
    await guest.post(`/cancellation-quotes/${quote.id}/confirm${booking.access}`);
    await worker.drain();
    // What was promised by hand is part of what came back: 23970 − 14382 taken and 8000 paid, 1588 × 21/121.
    expect(await vatOwed(booking.id)).toBe(276);
    const notes = (
      (await admin.get(`/invoices?bookingId=${booking.id}`)).body as { data: { total: { amount: number } }[] }
    ).data;
    expect(
      notes
        .map(({ total }) => total.amount)
        .filter((amount) => amount < 0)
        .toSorted(),
    ).toEqual([970 - 14382, -970]);
    expect((await admin.get(path)).body.credit.left.amount).toBe(23970 - 14382);
    const open = await first.sql.one<{ sum: number }>(
      q('ledger_entries as e')
        .join('ledger_accounts as a', 'a.id', 'e.account_id')
        .where({ 'a.code': 'customer_credit' })
        .select(q.raw('sum(e.amount_minor)::bigint as sum')),
    );
    expect(open?.sum).toBe(0);
    const verified = await verifyLedger(first.sql);
    expect([verified.brokenAt, verified.imbalances]).toEqual([undefined, []]);
  });
});

describe('VeriFactu', () => {
  it('chains a record to each invoice of an issuer that chose it, and names the first link that was changed', async () => {
    const option = { enabled: true, remits: false };
    expect((await admin.put('/invoicing/verifactu', option)).body).toMatchObject({
      ...option,
      nif: 'A28015865',
      records: 0,
    });
    const booking = await ticketed(guest, 'card');
    const { data } = (await admin.get(`/invoices?bookingId=${booking.id}`)).body as { data: { id: string }[] };
    const path = `/invoices/${data[0]!.id}`;
    const xml = (await admin.get(`${path}/verifactu`)).text;
    for (const part of [
      '<sf:TipoFactura>F2<',
      '<sf:ClaveRegimen>05<',
      '<sf:CuotaTotal>6.89<',
      '<sf:ImporteTotal>239.70<',
    ])
      expect(xml).toContain(part);
    expect(xml).toContain('<sf:PrimerRegistro>S<');
    expect((await agencyB.get(`${path}/verifactu`)).status).toBe(403);
    // The margin is no business of whoever bought.
    expect((await guest.get(`${path}/verifactu${booking.access}`)).status).toBe(401);
    await admin.post(`${path}/credit-notes`, { amountMinor: 970, reason: 'Goodwill' });
    const quote = await quoteFor(guest, booking);
    await guest.post(`/cancellation-quotes/${quote.id}/confirm${booking.access}`);
    await worker.drain();

    const records = await first.sql.all<{ type: string; tax_minor: number; total_minor: number }>(
      q('verifactu_records').orderBy('sequence').select('type', 'tax_minor', 'total_minor'),
    );
    expect(records).toEqual([
      { type: 'F2', tax_minor: 689, total_minor: 23970 },
      { type: 'R5', tax_minor: 521 - 689, total_minor: -970 },
      { type: 'R5', tax_minor: 276 - 521, total_minor: 970 - 14382 },
    ]);
    expect(await verifyVerifactu(first.sql)).toEqual([{ nif: 'A28015865', records: 3 }]);
    await expect(first.sql.run(q('verifactu_records').update({ total_minor: 1 }))).rejects.toThrow(/permission denied/);
    await withOwner(world.config.DATABASE_URL, async (owner) => {
      const table = `${first.tenant.schema}.verifactu_records`;
      await owner.query(`alter table ${table} disable trigger verifactu_records_immutable`);
      await owner.query(`update ${table} set total_minor = 1 where sequence = 2`);
    });
    expect(await verifyVerifactu(first.sql)).toEqual([{ nif: 'A28015865', records: 3, brokenAt: 2 }]);
    // PostgreSQL refuses an invoice of such an issuer that has no record.
    const orphan = q('invoices').insert(
      q('invoices')
        .where({ id: data[0]!.id })
        .select(
          q.raw(`gen_random_uuid(), series, year, 900000, 'X-1', kind, 'x', booking_id, brand_id,
        seller_agency_id, corrects_id, issuer, customer, lines, notes, total_minor, currency, locale, issued_at`),
        ),
    );
    await expect(first.sql.run(orphan)).rejects.toMatchObject({ constraint: 'invoices_recorded' });
    await admin.put('/invoicing/verifactu', { enabled: false, remits: false });
  });

  it('says of a correction what it changed, also where the sale was before the option was on', async () => {
    const booking = await ticketed(guest, 'card');
    await admin.put('/invoicing/verifactu', { enabled: true, remits: false });
    const quote = await quoteFor(guest, booking);
    await guest.post(`/cancellation-quotes/${quote.id}/confirm${booking.access}`);
    await worker.drain();
    const records = await first.sql.all(
      q('verifactu_records as r')
        .join('invoices as i', 'i.id', 'r.invoice_id')
        .where({ booking_id: booking.id })
        .select('type', 'base_minor', 'tax_minor', 'r.total_minor'),
    );
    // Example A with 60 % given back: the margin goes from 3970 to 1588.
    expect(records).toEqual([{ type: 'R5', base_minor: 1312 - 3281, tax_minor: 276 - 689, total_minor: -14382 }]);
    await admin.put('/invoicing/verifactu', { enabled: false, remits: false });
  });
});

describe('a NIF', () => {
  const taxIdOf = (agencyId: string, taxId: string) =>
    first.sql.run(q('agencies').where({ id: agencyId }).update({ tax_id: taxId }));
  const keep = (client: SiteClient) => client.put('/invoicing/verifactu', { enabled: true, remits: false });

  it('is one company’s: entering another’s takes nothing over', async () => {
    await keep(admin);
    const before = await first.sql.all(q('verifactu_issuers').orderBy('nif'));
    await taxIdOf(first.agencies.a, 'ESA28015865');
    const taken = await keep(agencyA);
    expect([taken.status, taken.body.code]).toEqual([409, 'invoice.nif_in_use']);
    expect(await first.sql.all(q('verifactu_issuers').orderBy('nif'))).toEqual(before);

    // Its own, and then another of its own: a chain each, the first one kept as it was.
    await taxIdOf(first.agencies.a, 'B58818501');
    expect((await keep(agencyA)).body).toMatchObject({ nif: 'B58818501', enabled: true });
    await taxIdOf(first.agencies.a, 'B65410011');
    expect((await keep(agencyA)).body).toMatchObject({ nif: 'B65410011', records: 0 });
    const chains = await first.sql.all<{ nif: string; enabled: boolean; retired_at: Date | null }>(
      q('verifactu_issuers').where({ agency_id: first.agencies.a }).orderBy('nif'),
    );
    expect(chains.map(({ nif, enabled, retired_at }) => [nif, enabled, retired_at !== null])).toEqual([
      ['B58818501', false, true],
      ['B65410011', true, false],
    ]);
    await agencyA.put('/invoicing/verifactu', { enabled: false, remits: false });
    await admin.put('/invoicing/verifactu', { enabled: false, remits: false });
  });
});

describe('cancelling a card booking', () => {
  it('previews and returns what example C says, to every level, once', async () => {
    const booking = await ticketed(guest, 'card');
    const quote = await quoteFor(guest, booking);
    expect([quote.refund.amount, quote.penalty.amount]).toEqual([14382, 23970 - 14382]);

    const confirm = () => guest.post(`/cancellation-quotes/${quote.id}/confirm${booking.access}`);
    expect((await confirm()).body.state).toBe('cancelling');
    expect((await confirm()).status).toBe(202);
    await worker.drain();

    const after = (await guest.get(`/bookings/${booking.id}${booking.access}`)).body;
    expect(after).toMatchObject({
      state: 'cancelled',
      actions: [],
      payment: { state: 'partially_refunded', refunded: { amount: 14382 } },
    });
    expect(await earnedBy(admin, booking.id)).toBe(900 - 540);
    expect(await earnedBy(agencyA, booking.id)).toBe(1070 - 642);
    expect(await earnedBy(agencyB, booking.id)).toBe(1800 - 1080);
    const evidence = await evidenceOf(world, first, booking.id);
    expect(evidence).toMatchObject({ liveOrders: 0, postings: 2, invoices: 2 });
    expect(evidence.mails).toEqual(expect.arrayContaining([expect.stringMatching(/cancelled/i)]));
    const verified = await verifyLedger(first.sql);
    expect([verified.brokenAt, verified.imbalances]).toEqual([undefined, []]);
  });

  it('is refused for what is not live, to who may not, and under a quote that is over', async () => {
    const booking = await ticketed(guest, 'card');
    expect((await guest.post(`/bookings/${booking.id}/cancellation-quotes`)).status).toBe(404);
    const older = await quoteFor(guest, booking);
    await quoteFor(guest, booking);
    const stale = await guest.post(`/cancellation-quotes/${older.id}/confirm${booking.access}`);
    expect([stale.status, stale.body.code]).toEqual([409, 'booking.cancellation_quote_expired']);
    const newest = await quoteFor(guest, booking);
    expect((await world.second.guest('b').post(`/cancellation-quotes/${newest.id}/confirm`)).status).toBe(404);
    await guest.post(`/cancellation-quotes/${newest.id}/confirm${booking.access}`);
    await worker.drain();
    const again = await guest.post(`/bookings/${booking.id}/cancellation-quotes${booking.access}`);
    expect([again.status, again.body.code]).toEqual([409, 'booking.not_cancellable']);
  });

  it('leaves one refund when the worker is killed at any statement', async () => {
    for (const at of [3, 7, 12, 18, 25]) {
      const booking = await ticketed(guest, 'card');
      const quote = await quoteFor(guest, booking);
      await guest.post(`/cancellation-quotes/${quote.id}/confirm${booking.access}`);
      const mortal = world.createWorker({ dies: (statement) => statement === at });
      await mortal.drain().catch(() => undefined);
      for (let round = 0; round < 6; round += 1) {
        world.passTime(31);
        await worker.makeDue();
        await worker.drain();
      }
      const after = (await guest.get(`/bookings/${booking.id}${booking.access}`)).body;
      expect([at, after.state, after.payment.refunded.amount]).toEqual([at, 'cancelled', 14382]);
      const refunds = await first.sql.all(
        q('refunds as r').join('payments as p', 'p.id', 'r.payment_id').where({ 'p.booking_id': booking.id }),
      );
      expect([refunds.length, (await evidenceOf(world, first, booking.id)).postings]).toEqual([1, 2]);
    }
  });
});

describe('cancelling a wallet booking', () => {
  it('credits every edge of the chain with its part', async () => {
    const balances = async () =>
      Promise.all(
        [first.agencies.a, first.agencies.b].map(
          async (id) => (await admin.get(`/agencies/${id}/wallet`)).body.balance.amount as number,
        ),
      );
    const before = await balances();
    const booking = await ticketed(agencyB, 'wallet');
    const quote = await quoteFor(agencyB, booking);
    await agencyB.post(`/cancellation-quotes/${quote.id}/confirm`);
    await worker.drain();
    // A paid 23000 and B 23500; 60 % of the net comes back with every level's part: 13800 to A, 14100 to B.
    const after = await balances();
    expect([after[0]! - before[0]!, after[1]! - before[1]!]).toEqual([-23000 + 13800, -23500 + 14100]);
    expect((await verifyLedger(first.sql)).imbalances).toEqual([]);
  });
});

describe('a payment page', () => {
  it('that is still open is found again, and a card given outright ends it', async () => {
    const answer = await bookExample(world, guest, { email: 'pages@cancel.test', payment: { method: 'card' } });
    const { id, guestToken, payment } = answer.body as {
      id: string;
      guestToken: string;
      payment: { actionUrl: string };
    };
    const path = `/bookings/${id}/payments?access=${guestToken}`;
    const again = await guest.post(path, { method: 'card' });
    expect([again.status, again.body.payment.actionUrl]).toEqual([201, payment.actionUrl]);
    const card = await guest.post(path, { method: 'card', paymentMethodId: 'pm_card_visa' });
    expect([card.status, card.body.payment.state]).toEqual([201, 'authorised']);
    await worker.drain();
    expect(await evidenceOf(world, first, id)).toMatchObject({ state: 'ticketed', captured: [23970], orders: 1 });
  });
});
