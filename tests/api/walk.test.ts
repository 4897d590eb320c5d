import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evidenceOf } from '../../server/testing/evidence.ts';
import { amountsShown, numbersIn, pdfText } from '../../server/testing/figures.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { Answer, SiteClient } from '../../server/testing/site-client.ts';
import { adult, book, bookExample, contact, findExampleFlight, quoteOf } from '../../server/testing/trips.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';

/** Worked example A: net, base, taxes, platform fee, reseller's markup and its rate, commissionable amount, margin. */
const RESELLERS_OWN = [20000, 16000, 4000, 200, 3000, 1500, 19000, 900];
/** What is A's business and not B's: A's buy price, markup, commission and earnings. */
const AGENCY_AS_OWN = [23000, 500, 570, 1070];
/** What is B's business and not the customer's. */
const AGENCY_BS_OWN = [23500, 470, 1330, 1800];
/** A transaction of the journal. The VAT inside the margin is one of its own beside the sale. */
interface JournalTransaction {
  description: string;
  entries: Array<{ book: { agencyId: string | null }; code: string; amount: { amount: number } }>;
}
const eur = (amount: number) => ({ amount, currency: 'EUR' });

let world: PlatformWorld;
let first: TestSite;
let worker: TestWorker;
let admin: SiteClient;
let agencyA: SiteClient;
let agencyB: SiteClient;
let customer: SiteClient;

beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  worker = world.createWorker();
  admin = (await first.signIn('admin', 'reseller')).client;
  agencyA = (await first.signIn('agent', 'a')).client;
  agencyB = (await first.signIn('subagent', 'b')).client;
  customer = (await first.signIn('customer', 'b')).client;
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const expectBalanced = async () => {
  const { body } = await admin.get('/ledger/trial-balance');
  for (const book of body.books as Array<{
    debit: { amount: number };
    credit: { amount: number };
    difference: { amount: number };
  }>) {
    expect(book.difference.amount).toBe(0);
    expect(book.debit.amount).toBe(book.credit.amount);
  }
  return body.books as Array<{ book: { agencyId: string | null }; rows: unknown[] }>;
};

/** Everything a reader can open about a booking and the money of it: the answers, and the numbers in those that were given. */
async function readEverything(
  client: SiteClient,
  bookingId: string,
): Promise<{ answers: Answer[]; numbers: number[] }> {
  const { a, b } = first.agencies;
  const paths = [
    `/bookings/${bookingId}`,
    '/bookings',
    `/bookings/${bookingId}/timeline`,
    '/ledger/journal',
    `/ledger/journal?bookingId=${bookingId}`,
    '/ledger/accounts',
    '/ledger/trial-balance',
    '/commissions',
    '/invoices',
    '/wallets',
    '/markup-rules',
    '/agencies',
    '/users',
    '/brands',
    ...[a, b].flatMap((id) => [`/agencies/${id}`, `/agencies/${id}/wallet`, `/agencies/${id}/wallet/entries`]),
    '/ledger/journal?book=reseller',
    '/ledger/accounts?book=reseller',
    `/ledger/accounts?book=${a}`,
    `/ledger/accounts?book=${b}`,
  ];
  const answers: Answer[] = [];
  for (const path of paths) answers.push(await client.get(path));
  const invoices = (answers[paths.indexOf('/invoices')]!.body.data ?? []) as Array<{ id: string }>;
  for (const { id } of invoices) answers.push(await client.get(`/invoices/${id}`));
  expect(answers.filter((answer) => answer.status >= 500)).toEqual([]);
  return {
    answers,
    numbers: numbersIn(answers.filter((answer) => answer.status === 200).map((answer) => answer.body as unknown)),
  };
}

async function readDocuments(client: SiteClient, bookingId: string): Promise<string> {
  const { documents } = (await client.get(`/bookings/${bookingId}`)).body as {
    documents: Array<{ kind: string; url: string }>;
  };
  const invoices = ((await client.get('/invoices')).body.data ?? []) as Array<{ pdfUrl: string }>;
  const texts: string[] = [];
  for (const url of [...documents.map((document) => document.url), ...invoices.map((invoice) => invoice.pdfUrl)]) {
    const file = await client.file(url.replace('/api/v1', ''));
    expect(file.status).toBe(200);
    texts.push(file.type.startsWith('application/pdf') ? (pdfText(file.data) ?? '') : file.data.toString());
  }
  return texts.join('\n');
}

const hidden = (numbers: readonly number[], figures: readonly number[]) =>
  figures.filter((figure) => numbers.includes(figure));

describe("a customer buys worked example A by card on the sub-agency's brand", () => {
  let bookingId: string;
  let reference: string;

  beforeAll(async () => {
    const answer = await bookExample(world, customer, { email: 'clara@walk.test' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ state: 'pending', total: eur(23970), payment: { state: 'authorised' } });
    expect(answer.body.guestToken).toBeUndefined();
    ({ id: bookingId, reference } = answer.body as { id: string; reference: string });
    await worker.drain();
    expect(await worker.faults()).toEqual([]);
  });

  it('is ticketed with one charge, one order, one posting and one mail', async () => {
    expect(await evidenceOf(world, first, bookingId)).toMatchObject({
      state: 'ticketed',
      orders: 1,
      intents: ['succeeded'],
      captured: [23970],
      postings: 1,
      commissions: 2,
      mails: [`Booking confirmed: ${reference}`],
    });
  });

  it('shows the reseller what each level earned, to the cent', async () => {
    const { body } = await admin.get(`/bookings/${bookingId}`);
    expect(body.earnings).toMatchObject({
      net: eur(20000),
      platformFee: eur(200),
      markup: eur(3000),
      margin: eur(900),
      earned: eur(900),
    });
    expect(body.earnings.chain).toMatchObject([
      { agencyId: null, buyPrice: eur(20000), earned: eur(900) },
      {
        agencyId: first.agencies.a,
        tier: 'gold',
        buyPrice: eur(23000),
        markup: eur(500),
        commission: eur(570),
        earned: eur(1070),
      },
      {
        agencyId: first.agencies.b,
        tier: 'silver',
        buyPrice: eur(23500),
        markup: eur(470),
        commission: eur(1330),
        earned: eur(1800),
      },
    ]);
  });

  it("posts the sale of the example to the reseller's book, and every book balances", async () => {
    const { body } = await admin.get(`/ledger/journal?bookingId=${bookingId}`);
    const sale = (body.data as JournalTransaction[]).find(({ description }) => description.startsWith('Sale'));
    const entries = (sale?.entries ?? []).filter((entry) => entry.book.agencyId === null);
    expect(Object.fromEntries(entries.map((entry) => [entry.code, entry.amount.amount]))).toEqual({
      psp_clearing: 23970,
      supplier_payable: -20000,
      platform_payable: -200,
      [`agency_payable:${first.agencies.a}`]: -1070,
      [`agency_payable:${first.agencies.b}`]: -1800,
      margin: -900,
    });
    expect((await expectBalanced()).length).toBeGreaterThan(0);
  });

  it('shows the reseller the figures that nobody below may see', async () => {
    const { numbers } = await readEverything(admin, bookingId);
    expect(numbers).toEqual(expect.arrayContaining([20000, 3000, 900, 200, 1500, ...AGENCY_AS_OWN, ...AGENCY_BS_OWN]));
  });

  it('shows agency A its own part and no figure of the reseller', async () => {
    const { body } = await agencyA.get(`/bookings/${bookingId}`);
    expect(body.earnings).toEqual({
      buyPrice: eur(23000),
      markup: eur(500),
      sellPrice: eur(23500),
      commission: eur(570),
      earned: eur(1070),
    });
    const { numbers } = await readEverything(agencyA, bookingId);
    expect(numbers).toEqual(expect.arrayContaining([23000, 500, 570, 1070]));
    expect(hidden(numbers, RESELLERS_OWN)).toEqual([]);
    expect(amountsShown(await readDocuments(agencyA, bookingId), RESELLERS_OWN)).toEqual([]);
  });

  it('shows agency B its own part and no figure of A or the reseller', async () => {
    const { body } = await agencyB.get(`/bookings/${bookingId}`);
    expect(body.earnings).toEqual({
      buyPrice: eur(23500),
      markup: eur(470),
      sellPrice: eur(23970),
      commission: eur(1330),
      earned: eur(1800),
    });
    const { numbers } = await readEverything(agencyB, bookingId);
    expect(hidden(numbers, [...RESELLERS_OWN, ...AGENCY_AS_OWN])).toEqual([]);
    expect(amountsShown(await readDocuments(agencyB, bookingId), [...RESELLERS_OWN, ...AGENCY_AS_OWN])).toEqual([]);
  });

  it("shows the customer the total and nobody's earnings", async () => {
    const { body } = await customer.get(`/bookings/${bookingId}`);
    expect(body).toMatchObject({ total: eur(23970), state: 'ticketed' });
    expect(body.earnings).toBeUndefined();
    const { numbers, answers } = await readEverything(customer, bookingId);
    const figures = [...RESELLERS_OWN, ...AGENCY_AS_OWN, ...AGENCY_BS_OWN];
    expect(hidden(numbers, figures)).toEqual([]);
    expect(amountsShown(await readDocuments(customer, bookingId), figures)).toEqual([]);
    expect(answers.filter((answer) => answer.status === 403).length).toBeGreaterThan(5);
  });

  it("lists it under the customer's trips and offers itinerary, calendar and invoice", async () => {
    const { body } = await customer.get('/bookings');
    expect((body.data as Array<{ id: string }>).map((row) => row.id)).toContain(bookingId);
    for (const [name, start] of [
      ['itinerary.pdf', '%PDF-'],
      ['invoice.pdf', '%PDF-'],
      ['calendar.ics', 'BEGIN:VCALENDAR'],
    ] as const) {
      const file = await customer.file(`/bookings/${bookingId}/documents/${name}`);
      expect([name, file.status, file.data.subarray(0, start.length).toString()]).toEqual([name, 200, start]);
    }
    const invoice = pdfText((await customer.file(`/bookings/${bookingId}/documents/invoice.pdf`)).data);
    if (invoice !== undefined) expect(amountsShown(invoice, [23970])).toEqual([23970]);
  });

  it('mails the customer once, as the brand, with itinerary and calendar', async () => {
    const mails = (await world.sandboxes.mailsTo('clara@walk.test')).filter((mail) => mail.subject.includes(reference));
    expect(mails).toHaveLength(1);
    const brand = await first.brandAt('b');
    expect(mails[0]!.from).toBe(`${brand.senderName} <${brand.senderEmail}>`);
    expect(mails[0]!.attachments.map((file) => file.contentType)).toEqual(['application/pdf', 'text/calendar']);
    const [pdf, calendar] = await Promise.all(
      mails[0]!.attachments.map((file) => world.sandboxes.attachment(file.url)),
    );
    expect(pdf!.subarray(0, 5).toString()).toBe('%PDF-');
    expect(calendar!.toString()).toContain('BEGIN:VEVENT');
    expect(amountsShown(mails[0]!.text, [...RESELLERS_OWN, ...AGENCY_AS_OWN, ...AGENCY_BS_OWN])).toEqual([]);
  });

  it("gives the same data by bearer token, refuses the other reseller's token, and is unknown at the other reseller", async () => {
    const own = first.at('reseller', { authorization: `Bearer ${await first.token('reseller_admin', 'reseller')}` });
    expect((await own.get(`/bookings/${bookingId}`)).body.earnings).toEqual(
      (await admin.get(`/bookings/${bookingId}`)).body.earnings,
    );
    const foreignToken = await world.second.token('reseller_admin', 'reseller');
    const [invoice] = (await own.get('/invoices')).body.data as Array<{ id: string }>;
    const paths = [
      `/bookings/${bookingId}`,
      `/bookings/${bookingId}/timeline`,
      `/bookings/${bookingId}/documents/invoice.pdf`,
      `/invoices/${invoice!.id}`,
      `/agencies/${first.agencies.a}/wallet`,
    ];
    const refused = first.at('reseller', { authorization: `Bearer ${foreignToken}` });
    const elsewhere = world.second.at('reseller', { authorization: `Bearer ${foreignToken}` });
    for (const path of paths) {
      expect([path, (await own.get(path)).status]).toEqual([path, 200]);
      expect([path, (await refused.get(path)).status]).toEqual([path, 401]);
      expect([path, (await elsewhere.get(path)).status]).toEqual([path, 404]);
    }
    expect((await elsewhere.get('/bookings')).body.data).toEqual([]);
    expect((await elsewhere.get('/ledger/journal')).text).not.toContain(bookingId);
  });

  it('lets an API client book with its token', async () => {
    const client = first.at('b', { authorization: `Bearer ${await first.token('agent', 'b')}` });
    const answer = await bookExample(world, client, { email: 'by-token@walk.test' });
    expect(answer.status).toBe(201);
    await worker.drain();
    expect((await client.get(`/bookings/${answer.body.id as string}`)).body).toMatchObject({
      state: 'ticketed',
      earnings: { earned: eur(1800) },
    });
  });
});

describe('an agent of the sub-agency books for a client from the wallet', () => {
  const walletOf = async (agencyId: string) =>
    (await admin.get(`/agencies/${agencyId}/wallet`)).body as { balance: { amount: number }; held: { amount: number } };

  it('debits both edges, posts to three books and says so in the statement (worked example B)', async () => {
    const { a, b } = first.agencies;
    const before = { a: await walletOf(a), b: await walletOf(b) };
    const answer = await bookExample(world, agencyB, { email: 'client@walk.test', payment: { method: 'wallet' } });
    expect(answer.status).toBe(201);
    const bookingId = answer.body.id as string;
    expect((await walletOf(b)).held.amount - before.b.held.amount).toBe(23500);
    expect((await walletOf(a)).held.amount - before.a.held.amount).toBe(23000);
    await worker.drain();
    expect(await worker.faults()).toEqual([]);
    const after = { a: await walletOf(a), b: await walletOf(b) };
    expect(before.b.balance.amount - after.b.balance.amount).toBe(23500);
    expect(before.a.balance.amount - after.a.balance.amount).toBe(23000);
    expect([after.a.held.amount, after.b.held.amount]).toEqual([before.a.held.amount, before.b.held.amount]);

    const entries = (await agencyB.get(`/agencies/${b}/wallet/entries`)).body.data as Array<{
      kind: string;
      amount: { amount: number };
      booking: { id: string } | null;
    }>;
    expect(
      entries
        .filter((entry) => entry.booking?.id === bookingId)
        .map((entry) => [entry.kind, entry.amount.amount])
        .sort(),
    ).toEqual([
      ['capture', -23500],
      ['hold', 23500],
    ]);
    expect((await agencyB.get(`/bookings/${bookingId}`)).body).toMatchObject({
      state: 'ticketed',
      payment: { method: 'wallet', state: 'succeeded' },
      earnings: { buyPrice: eur(23500), earned: eur(1800) },
    });

    const journal = (await admin.get(`/ledger/journal?bookingId=${bookingId}`)).body.data as JournalTransaction[];
    const inBook = (agencyId: string | null) =>
      Object.fromEntries(
        journal
          .filter(({ description }) => description.startsWith('Sale'))
          .flatMap((one) => one.entries)
          .filter((entry) => entry.book.agencyId === agencyId)
          .map((entry) => [entry.code, entry.amount.amount]),
      );
    expect(inBook(null)).toEqual({
      [`wallet:${a}`]: 23000,
      supplier_payable: -20000,
      platform_payable: -200,
      [`commission_payable:${a}`]: -570,
      [`commission_payable:${b}`]: -1330,
      margin: -900,
    });
    expect(inBook(a)).toEqual({
      [`wallet:${b}`]: 23500,
      'payable:reseller': -23000,
      margin: -500,
      'receivable:reseller': 570,
      commission_income: -570,
    });
    expect(inBook(b)).toEqual({
      customer_receivable: 23970,
      [`payable:${a}`]: -23500,
      margin: -470,
      'receivable:reseller': 1330,
      commission_income: -1330,
    });
    await expectBalanced();
    expect((await evidenceOf(world, first, bookingId)).intents).toEqual([]);
  });

  it("hides the reseller's figures of it from A, and A's from B", async () => {
    const answer = await bookExample(world, agencyB, { email: 'client2@walk.test', payment: { method: 'wallet' } });
    await worker.drain();
    const bookingId = answer.body.id as string;
    expect(hidden((await readEverything(agencyA, bookingId)).numbers, RESELLERS_OWN)).toEqual([]);
    expect(hidden((await readEverything(agencyB, bookingId)).numbers, [...RESELLERS_OWN, ...AGENCY_AS_OWN])).toEqual(
      [],
    );
    expect(amountsShown(await readDocuments(agencyA, bookingId), RESELLERS_OWN)).toEqual([]);
    expect(amountsShown(await readDocuments(agencyB, bookingId), [...RESELLERS_OWN, ...AGENCY_AS_OWN])).toEqual([]);
  });

  it('is not for customers, guests or the staff of another agency', async () => {
    const offer = await findExampleFlight(world, first.guest('b'));
    const quote = await quoteOf(first.guest('b'), offer.id);
    for (const client of [first.guest('b'), customer]) {
      const answer = await book(client, quote.id, { email: 'no@walk.test', payment: { method: 'wallet' } });
      expect([answer.status, answer.body.code]).toEqual([403, 'booking.wallet_not_allowed']);
    }
    const asA = first.at('b', { authorization: `Bearer ${await first.token('agent', 'a')}` });
    const answer = await book(asA, quote.id, { email: 'no@walk.test', payment: { method: 'wallet' } });
    expect([401, 403]).toContain(answer.status);
  });
});

describe('a hotel stay in Rome by card', () => {
  it('is confirmed, and what is due at the property is shown beside the total, not in it', async () => {
    const guest = first.guest('b');
    const found = await guest.post('/hotels/searches', {
      near: 'ROM',
      checkIn: world.day(40),
      checkOut: world.day(43),
      rooms: [{ adults: 2, childAges: [] }],
    });
    expect(found.status).toBe(201);
    const [hotel] = found.body.hotels as Array<{ hotel: { id: string; name: string } }>;
    const detail = await guest.get(`/hotels/${hotel!.hotel.id}?searchId=${found.body.id as string}`);
    const rates = detail.body.rates as Array<{
      id: string;
      total: { amount: number };
      dueAtProperty: { amount: number } | null;
    }>;
    const rate = rates.find((one) => one.dueAtProperty !== null) ?? rates[0]!;
    expect(rate.dueAtProperty).not.toBeNull();
    const quoted = await guest.post('/hotels/quotes', { offerId: rate.id }, { key: null });
    expect(quoted.status).toBe(201);
    const travellers = [adult(), adult({ givenName: 'Tomás', title: 'mr', gender: 'm' })];
    const answer = await guest.post('/bookings', {
      items: [{ quoteId: quoted.body.id as string }],
      travellers,
      contact: contact('rome@walk.test'),
      payment: { method: 'card', paymentMethodId: 'pm_card_visa' },
      expectedTotal: quoted.body.total as object,
    });
    expect(answer.status).toBe(201);
    await worker.drain();
    expect(await worker.faults()).toEqual([]);
    const { body } = await guest.get(
      `/bookings/${answer.body.id as string}?access=${answer.body.guestToken as string}`,
    );
    expect(body).toMatchObject({
      state: 'confirmed',
      total: rate.total,
      items: [{ product: 'stay', state: 'confirmed', offer: { dueAtProperty: rate.dueAtProperty } }],
    });
    const evidence = await evidenceOf(world, first, answer.body.id as string);
    expect(evidence).toMatchObject({ orders: 1, captured: [rate.total.amount], postings: 1 });
    expect(evidence.mails).toHaveLength(1);
    expect((await guest.get(`/bookings/${answer.body.id as string}`)).status).toBe(404);
    expect((await guest.get(`/bookings/${answer.body.id as string}?access=wrong`)).status).toBe(404);
    await expectBalanced();
  });
});
