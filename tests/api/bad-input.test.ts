import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { newId } from '../../server/kernel/ids.ts';
import { evidenceOf } from '../../server/testing/evidence.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import { createSiteClient, type Answer, type SiteClient } from '../../server/testing/site-client.ts';
import { adult, book, bookExample, contact, findExampleFlight, quoteOf } from '../../server/testing/trips.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';

let world: PlatformWorld;
let first: TestSite;
let worker: TestWorker;
let guest: SiteClient;

beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  guest = first.guest('b');
  worker = world.createWorker();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.resetTime();
  await Promise.all([world.forgetRates(), world.sandboxes.clearFaults()]);
});

const trip = (over: object = {}) => ({
  slices: [{ origin: 'MAD', destination: 'JFK', departureDate: world.day(30) }],
  passengers: [{ type: 'adult' }],
  ...over,
});
const search = (over: object) => guest.post('/flights/searches', trip(over), { key: null });

/** A problem document: its type, a code, a sentence, and where it hurts. */
function expectProblem(answer: Answer, status: number, code: string, pointer?: string) {
  expect([answer.status, answer.body.code, answer.text.slice(0, 300)]).toEqual([status, code, expect.any(String)]);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.body).toMatchObject({
    status,
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.stringMatching(/\S{2,} \S+/),
    instance: expect.stringMatching(/^urn:request:/),
  });
  if (pointer)
    expect((answer.body.errors as Array<{ pointer: string }>).map((fault) => fault.pointer)).toContain(pointer);
  return answer.body as Record<string, never> & {
    errors: Array<{ pointer: string; code: string; detail: string; suggestions?: Array<{ code: string }> }>;
  };
}
const bookingsOf = (email: string) =>
  first.sql.all<{ id: string; state: string }>(
    q('bookings')
      .where({ contact_index: first.sql.vault.index('bookings.contact', email) })
      .select('id', 'state'),
  );
const freshQuote = async (client = guest) => quoteOf(client, (await findExampleFlight(world, client)).id);

describe('a request that cannot be read', () => {
  it('for a host nobody serves answers 421', async () => {
    expectProblem(
      await createSiteClient(world.server, 'nobody.localhost').get('/places?query=mad'),
      421,
      'tenancy.unknown_host',
    );
  });

  it('with malformed JSON answers 400', async () => {
    expectProblem(await guest.post('/flights/searches', '{"slices": [', { key: null }), 400, 'request.malformed_json');
  });

  it('with a body of another type than JSON answers 415', async () => {
    const answer = await guest.post('/flights/searches', 'slices=1', {
      key: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expectProblem(answer, 415, 'request.unsupported_media_type');
  });

  it('with a body of 2 MB answers 413', async () => {
    expectProblem(
      await guest.post('/flights/searches', { ...trip(), padding: 'x'.repeat(2 * 1024 * 1024) }, { key: null }),
      413,
      'request.too_large',
    );
  });

  it('with wrong types names every wrong field', async () => {
    const answer = await guest.post(
      '/flights/searches',
      { slices: 'MAD', passengers: [{ age: 'seven' }], cabin: 7 },
      { key: null },
    );
    const { errors } = expectProblem(answer, 400, 'request.invalid', '/slices');
    expect(errors.some((fault) => fault.pointer.startsWith('/passengers/0'))).toBe(true);
    expect(errors.some((fault) => fault.pointer === '/cabin')).toBe(true);
  });

  it('with unknown fields names them, nested ones too', async () => {
    expectProblem(await search({ tenantId: newId() }), 400, 'request.invalid', '/tenantId');
    const quote = await freshQuote();
    const answer = await book(guest, quote.id, {
      email: 'unknown@bad.test',
      travellers: [adult({ state: 'confirmed' })],
      over: { totalMinor: 1 },
    });
    expectProblem(answer, 400, 'request.invalid', '/totalMinor');
    expectProblem(answer, 400, 'request.invalid', '/travellers/0/state');
    expect(await bookingsOf('unknown@bad.test')).toEqual([]);
  });

  it('for an unknown address or method answers 404', async () => {
    expectProblem(await guest.get('/nothing/here'), 404, 'request.not_found');
    expectProblem(await guest.delete('/flights/searches'), 404, 'request.not_found');
  });
});

describe('a search that makes no sense', () => {
  it('with a past date is refused at the field', async () => {
    expectProblem(
      await search({ slices: [{ origin: 'MAD', destination: 'JFK', departureDate: world.day(-2) }] }),
      400,
      'request.invalid',
      '/slices/0/departureDate',
    );
  });

  it('with a day that does not exist is refused', async () => {
    expectProblem(
      await search({ slices: [{ origin: 'MAD', destination: 'JFK', departureDate: '2027-02-30' }] }),
      400,
      'request.invalid',
      '/slices/0/departureDate',
    );
  });

  it('with a return before the departure is refused', async () => {
    const slices = [
      { origin: 'MAD', destination: 'JFK', departureDate: world.day(30) },
      { origin: 'JFK', destination: 'MAD', departureDate: world.day(20) },
    ];
    expectProblem(await search({ slices }), 400, 'request.invalid', '/slices/1/departureDate');
  });

  it('with more infants than adults is refused', async () => {
    const { errors } = expectProblem(
      await search({ passengers: [{ type: 'adult' }, { age: 0 }, { age: 1 }] }),
      400,
      'request.invalid',
    );
    expect(errors[0]!.pointer).toMatch(/^\/passengers/);
    expect(errors[0]!.detail).toMatch(/infant/i);
  });

  it('from an unknown airport suggests one', async () => {
    const { errors } = expectProblem(
      await search({ slices: [{ origin: 'MDA', destination: 'JFK', departureDate: world.day(30) }] }),
      400,
      'request.invalid',
      '/slices/0/origin',
    );
    expect(errors[0]!.code).toBe('unknown_place');
    expect(errors[0]!.suggestions!.length).toBeGreaterThan(0);
  });

  it('for hotels with a check-out before the check-in or a past check-in is refused', async () => {
    const stay = (checkIn: number, checkOut: number) =>
      guest.post(
        '/hotels/searches',
        { near: 'ROM', checkIn: world.day(checkIn), checkOut: world.day(checkOut), rooms: [{ adults: 1 }] },
        { key: null },
      );
    expectProblem(await stay(20, 18), 400, 'request.invalid', '/checkOut');
    expectProblem(await stay(-3, 2), 400, 'request.invalid', '/checkIn');
  });

  it('with a cursor that no page gave is refused on every list', async () => {
    const admin = first.at('reseller', { authorization: `Bearer ${await first.token('reseller_admin', 'reseller')}` });
    const found = await search({});
    const forged = [Buffer.from('["x","1; drop table bookings"]').toString('base64url'), 'AAAA', '%00'];
    for (const path of [
      '/bookings',
      '/agencies',
      '/invoices',
      '/commissions',
      '/wallets',
      '/ledger/journal',
      '/users',
      '/invitations',
      '/api-clients',
      '/brands',
      `/agencies/${first.agencies.a}/wallet/entries`,
    ]) {
      for (const cursor of forged) {
        const answer = await admin.get(`${path}?cursor=${cursor}`);
        expect([path, cursor, answer.status]).toEqual([path, cursor, 400]);
      }
    }
    expect((await guest.get(`/flights/searches/${found.body.id as string}?cursor=${forged[0]}`)).status).toBe(400);
  });
});

describe('an offer that is not to be had', () => {
  it('is 409 with a fresh search link when it expired at the supplier', async () => {
    const offer = await findExampleFlight(world, guest, 51);
    await world.sandboxes.addFault('duffel', { operation: 'offers.get', kind: 'expired', times: 1 });
    const { searchAgain } = expectProblem(
      await guest.get(`/flights/offers/${offer.id}`),
      409,
      'offer.expired',
    ) as unknown as { searchAgain: { path: string; body: object; link: string } };
    expect(searchAgain.link).toMatch(/^\/flights\?from=VLC&to=BIO/);
    expect((await guest.post(searchAgain.path.replace('/api/v1', ''), searchAgain.body, { key: null })).status).toBe(
      201,
    );
  });

  it('is 409 with a fresh search link when the quote ran out before the booking', async () => {
    const quote = await freshQuote();
    world.passTime(3600);
    const { searchAgain } = expectProblem(
      await book(guest, quote.id, { email: 'late@bad.test' }),
      409,
      'booking.offer_expired',
    ) as unknown as { searchAgain: string };
    expect(searchAgain).toMatch(/^\/flights\?from=VLC&to=BIO/);
    expect(await bookingsOf('late@bad.test')).toEqual([]);
  });

  it('is 404 when it belongs to another tenant', async () => {
    const theirs = world.second.guest('b');
    const offer = await findExampleFlight(world, theirs);
    expectProblem(await guest.get(`/flights/offers/${offer.id}`), 404, 'request.not_found');
    const answer = await guest.post('/bookings', {
      items: [{ offerId: offer.id }],
      travellers: [adult()],
      contact: contact('theft@bad.test'),
      payment: { method: 'card', paymentMethodId: 'pm_card_visa' },
    });
    expectProblem(answer, 404, 'request.not_found');
    const quote = await quoteOf(theirs, offer.id);
    const foreign = await book(guest, quote.id, { email: 'theft@bad.test' });
    const unknown = await book(guest, newId(), { email: 'theft@bad.test' });
    expect([foreign.status, foreign.body.code, foreign.body.detail]).toEqual([
      unknown.status,
      unknown.body.code,
      unknown.body.detail,
    ]);
    expect(foreign.status).toBe(404);
    expect(await bookingsOf('theft@bad.test')).toEqual([]);
  });

  it('is 409 with both prices when the supplier raised it, and can be accepted', async () => {
    const offer = await findExampleFlight(world, guest, 52);
    await world.sandboxes.addFault('duffel', { operation: 'offers.get', kind: 'price_change', times: 1 });
    const body = {
      items: [{ offerId: offer.id }],
      travellers: [adult()],
      contact: contact('dearer@bad.test'),
      payment: { method: 'card', paymentMethodId: 'pm_card_visa' },
      expectedTotal: offer.total,
    };
    const problem = expectProblem(await guest.post('/bookings', body), 409, 'booking.price_changed') as unknown as {
      previousTotal: { amount: number };
      total: { amount: number; currency: string };
      quoteId: string;
    };
    expect(problem.previousTotal).toEqual(offer.total);
    expect(problem.total.amount).toBeGreaterThan(offer.total.amount);
    expect(await bookingsOf('dearer@bad.test')).toEqual([]);
    const accepted = await book(guest, problem.quoteId, {
      email: 'dearer@bad.test',
      over: { expectedTotal: problem.total },
    });
    expect(accepted.status).toBe(201);
    expect(accepted.body.total).toEqual(problem.total);
  });
});

describe('travellers that do not fit', () => {
  it('are refused with every fault at its field', async () => {
    const quote = await freshQuote();
    const young = await book(guest, quote.id, {
      email: 'fit@bad.test',
      travellers: [adult({ bornOn: world.day(-365 * 3) })],
    });
    expectProblem(young, 400, 'booking.travellers_invalid', '/travellers/0/bornOn');
    const two = await book(guest, quote.id, {
      email: 'fit@bad.test',
      travellers: [adult(), adult({ givenName: 'Eva' })],
    });
    expectProblem(two, 400, 'booking.travellers_invalid', '/travellers');
    const named = await book(guest, quote.id, {
      email: 'fit@bad.test',
      travellers: [adult({ givenName: '<script>' })],
    });
    expectProblem(named, 400, 'request.invalid', '/travellers/0/givenName');
    expect(await bookingsOf('fit@bad.test')).toEqual([]);
  });
});

describe('a card that is declined', () => {
  it('answers 402, leaves the booking to be paid, and another card confirms it', async () => {
    const answer = await bookExample(world, guest, {
      email: 'declined@bad.test',
      payment: { method: 'card', paymentMethodId: 'pm_card_chargeDeclined' },
    });
    const problem = expectProblem(answer, 402, 'payment.declined') as unknown as {
      bookingId: string;
      retry: { method: string; path: string };
    };
    await worker.drain();
    expect(await bookingsOf('declined@bad.test')).toEqual([{ id: problem.bookingId, state: 'payment_failed' }]);
    expect(await evidenceOf(world, first, problem.bookingId)).toMatchObject({
      orders: 0,
      captured: [],
      postings: 0,
      mails: [],
    });

    const again = await guest.post(problem.retry.path.replace('/api/v1', ''), {
      method: 'card',
      paymentMethodId: 'pm_card_visa',
    });
    expect(again.status).toBe(201);
    await worker.drain();
    expect(await worker.faults()).toEqual([]);
    expect(await evidenceOf(world, first, problem.bookingId)).toMatchObject({
      state: 'ticketed',
      orders: 1,
      captured: [23970],
      postings: 1,
    });
    expectProblem(
      await guest.post(problem.retry.path.replace('/api/v1', ''), { method: 'card', paymentMethodId: 'pm_card_visa' }),
      409,
      'booking.not_payable',
    );
  });
});

describe('a payment sent twice at once', () => {
  it('with keys of its own each time charges once', async () => {
    const declined = await bookExample(world, guest, {
      email: 'double@bad.test',
      payment: { method: 'card', paymentMethodId: 'pm_card_chargeDeclined' },
    });
    const { bookingId, retry } = declined.body as { bookingId: string; retry: { path: string } };
    const pay = () =>
      guest.post(retry.path.replace('/api/v1', ''), { method: 'card', paymentMethodId: 'pm_card_visa' });
    const answers = await Promise.all([pay(), pay(), pay()]);
    expect(answers.filter((answer) => answer.status >= 500).map((answer) => answer.text)).toEqual([]);
    expect(answers.some((answer) => answer.status === 201)).toBe(true);
    await worker.drain();
    expect(await evidenceOf(world, first, bookingId)).toMatchObject({
      state: 'ticketed',
      orders: 1,
      captured: [23970],
      postings: 1,
    });
  });
});

describe('a wallet that is short', () => {
  it('answers 409 and writes nothing', async () => {
    const { b } = first.agencies;
    const admin = first.at('reseller', { authorization: `Bearer ${await first.token('reseller_admin', 'reseller')}` });
    const agent = first.at('b', { authorization: `Bearer ${await first.token('agent', 'b')}` });
    expect(
      (await admin.put(`/agencies/${b}/credit-limit`, { creditLimit: { amount: 0, currency: 'EUR' } })).status,
    ).toBe(200);
    expect(
      (
        await admin.post(`/agencies/${b}/wallet/adjustments`, {
          kind: 'adjustment',
          amount: { amount: -780_000, currency: 'EUR' },
          reason: 'Paid back',
        })
      ).status,
    ).toBe(201);
    const before = (await admin.get(`/agencies/${b}/wallet`)).body as object;
    const answer = await bookExample(world, agent, { email: 'short@bad.test', payment: { method: 'wallet' } });
    expectProblem(answer, 409, 'wallet.insufficient_funds');
    expect((await admin.get(`/agencies/${b}/wallet`)).body).toEqual(before);
    expect(await bookingsOf('short@bad.test')).toEqual([]);
    expect(await first.sql.all(q('wallet_holds').select('booking_id'))).toEqual([]);
  });
});

describe('an idempotency key', () => {
  it('is asked for', async () => {
    const quote = await freshQuote();
    expectProblem(
      await book(guest, quote.id, { email: 'nokey@bad.test', call: { key: null } }),
      400,
      'idempotency.key_missing',
    );
    expectProblem(
      await book(guest, quote.id, { email: 'nokey@bad.test', call: { key: 'short' } }),
      400,
      'idempotency.key_missing',
    );
    expect(await bookingsOf('nokey@bad.test')).toEqual([]);
  });

  it('with another body answers 422, with the same body the first answer', async () => {
    const quote = await freshQuote();
    const call = { key: newId() };
    const made = await book(guest, quote.id, { email: 'twice@bad.test', call });
    expect(made.status).toBe(201);
    expectProblem(await book(guest, quote.id, { email: 'other@bad.test', call }), 422, 'idempotency.key_reused');
    const replayed = await book(guest, quote.id, { email: 'twice@bad.test', call });
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect([replayed.status, replayed.body]).toEqual([201, made.body]);
    expect(await bookingsOf('twice@bad.test')).toHaveLength(1);
  });

  it('sent 20 times at once makes one booking and one authorisation', async () => {
    const quote = await freshQuote();
    const call = { key: newId() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => book(guest, quote.id, { email: 'parallel@bad.test', call })),
    );
    expect(answers.every((answer) => answer.status === 201 || answer.body.code === 'idempotency.in_progress')).toBe(
      true,
    );
    expect(answers.some((answer) => answer.status === 201)).toBe(true);
    const rows = await bookingsOf('parallel@bad.test');
    expect(rows).toHaveLength(1);
    const again = await book(guest, quote.id, { email: 'parallel@bad.test', call });
    expect([again.status, again.body.id]).toEqual([201, rows[0]!.id]);
    await worker.drain();
    expect(await evidenceOf(world, first, rows[0]!.id)).toMatchObject({
      state: 'ticketed',
      orders: 1,
      intents: ['succeeded'],
      captured: [23970],
      postings: 1,
    });
  });
});

describe('a caller without the right', () => {
  it('without the CSRF token, or from another origin, answers 403', async () => {
    const { cookie, csrf } = await first.signIn('customer', 'b');
    const quote = await freshQuote();
    const tries: Array<Record<string, string>> = [
      { cookie },
      { cookie, 'x-csrf-token': 'guess' },
      { cookie, 'x-csrf-token': csrf, origin: 'https://evil.test' },
    ];
    for (const headers of tries) {
      expectProblem(await book(first.at('b', headers), quote.id, { email: 'csrf@bad.test' }), 403, 'access.csrf');
    }
    expect(await bookingsOf('csrf@bad.test')).toEqual([]);
  });

  it('with a token of another tenant, a forged or a cut one answers 401', async () => {
    const theirs = await world.second.token('reseller_admin', 'reseller');
    const [head, , signature] = theirs.split('.');
    const claims = Buffer.from(
      JSON.stringify({
        iss: 'http://x',
        sub: 'x',
        role: 'reseller_admin',
        aud: 'urn:portolan:api',
        exp: 9_999_999_999,
      }),
    ).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [
      theirs,
      theirs.slice(0, -3),
      `${head}.${claims}.${signature}`,
      `${none}.${claims}.`,
      'x',
      '',
    ]) {
      const answer = await first.at('reseller', { authorization: `Bearer ${token}` }).get('/bookings');
      expect([token, answer.status]).toEqual([token, 401]);
    }
    const search401 = await first
      .at('b', { authorization: `Bearer ${theirs}` })
      .post('/flights/searches', trip(), { key: null });
    expect(search401.status).toBe(401);
  });

  it('without a session answers 401 on what needs one, and 403 on what the role may not', async () => {
    for (const path of ['/bookings', '/ledger/journal', '/users', '/invoices'])
      expectProblem(await guest.get(path), 401, 'access.unauthenticated');
    const agent = first.at('b', { authorization: `Bearer ${await first.token('agent', 'b')}` });
    expectProblem(await agent.get('/ledger/journal'), 403, 'access.forbidden');
    expectProblem(
      await agent.post(`/agencies/${first.agencies.b}/wallet/adjustments`, {
        kind: 'top_up',
        amount: { amount: 1, currency: 'EUR' },
        reason: 'please',
      }),
      403,
      'access.forbidden',
    );
  });
});
