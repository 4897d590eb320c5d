import { describe, expect, it } from 'vitest';
import { newId } from '../../../server/kernel/ids.ts';
import { must } from '../../../server/kernel/must.ts';
import type { Answer } from '../../../server/testing/site-client.ts';
import { adult, contact, findExampleFlight, quoteOf } from '../../../server/testing/trips.ts';
import { fill, type Operation, type Schema } from '../support/contract.ts';
import { validBody } from '../support/valid-body.ts';
import { made, ROLES, type IsolationWorld } from '../support/world.ts';

const SQL_OR_STACK = /syntax error at|relation "|pg_catalog|column "|\bat .+\.ts:\d+|node_modules|SQLSTATE|violates/i;

/** Texts that have broken queries, parsers and comparisons before; sent in every parameter. */
const HOSTILE = [
  "'",
  "' or '1'='1",
  '%00',
  '\u0000',
  '{"$gt":""}',
  'x'.repeat(10_000),
  '(select 1)',
  '1;drop table users',
  '-1',
  '1e9',
  '999999999999999999999',
  'NaN',
  'null',
  '[]',
  '../../x',
  '\u202e',
  '{{7*7}}',
  '<script>',
  '2026-02-31',
  'true',
];

/** I30–I41: other people's things, named anywhere in a request. */
export function objectCases(world: IsolationWorld): void {
  const { own, foreign, contract } = world;
  const admin = own.callers['reseller admin'];
  const pathOf = (operation: Operation, value: () => string = newId) =>
    fill(
      operation.path,
      Object.fromEntries(
        operation.params.map(({ name, schema }) => [name, String(contract.resolve(schema).enum?.[0] ?? value())]),
      ),
    );
  const told = (answer: Answer, id: string) => [
    answer.status,
    answer.text
      .replaceAll(id, 'ID')
      .replaceAll(/urn:request:[0-9a-f-]+/g, 'REQUEST')
      // What a success makes anew each time.
      .replaceAll(/"(id|createdAt|updatedAt|expiresAt|at)":"[^"]+"/g, '"$1":"NEW"'),
  ];

  describe('a thing of the other tenant named inside a request', () => {
    const withIds = contract.operations.flatMap((operation) =>
      idFields(operation.body?.schema).map(
        (field) => [`${operation.name} ${field.join('.')}`, operation, field] as const,
      ),
    );
    it.each(withIds)('I30 is as one that never was: %s', async (_, operation, field) => {
      // Whatever the field means, one of these is of its kind.
      const theirs = [
        foreign.site.agencies.b,
        foreign.site.agencies.a,
        foreign.bookings.guest.id as string,
        (await foreign.site.brandAt('b')).id,
      ];
      const unknown = newId();
      const ask = (id: string) => {
        const path = pathOf(operation, () => own.site.agencies.a);
        return admin[operation.method as 'post'](path, put(validBody(contract, operation), field, id));
      };
      const refusal = told(await ask(unknown), unknown);
      for (const id of theirs) expect(told(await ask(id), id)).toEqual(refusal);
      expect(JSON.stringify(refusal)).not.toContain(foreign.site.tenant.slug);
    });

    /** Paths of the fields of a body that hold a UUID. */
    function idFields(raw: Schema | undefined, at: string[] = []): string[][] {
      if (!raw || at.length > 4) return [];
      const schema = contract.resolve(raw);
      const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
      const here = schema.format === 'uuid' ? [at] : [];
      const nested = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => idFields(part, [...at, name]));
      const inside = variants.flatMap((variant) => idFields(variant, at));
      const items = schema.items ? idFields(schema.items, [...at, '0']) : [];
      return [...new Map([...here, ...nested, ...inside, ...items].map((path) => [path.join('.'), path])).values()];
    }

    const withIdQueries = contract.operations
      .filter(({ method }) => method === 'get')
      .flatMap((operation) =>
        operation.query
          .filter(({ schema }) => [schema, ...(schema.anyOf ?? [])].some(({ format }) => format === 'uuid'))
          .map(({ name }) => [`${operation.name}?${name}`, operation, name] as const),
      );
    it.each(withIdQueries)('I31 filters nothing in: %s', async (_, operation, name) => {
      const path = pathOf(operation, () => own.site.agencies.a);
      const unknown = newId();
      const refusal = told(await admin.get(`${path}?${name}=${unknown}`), unknown);
      for (const id of [foreign.site.agencies.b, foreign.bookings.guest.id as string, foreign.site.tenant.id])
        expect(told(await admin.get(`${path}?${name}=${id}`), id)).toEqual(refusal);
    });

    it('I32 among things of one’s own fails the whole: nothing of either is booked', async () => {
      const flight = async (tenant: typeof own) => (await findExampleFlight(world, tenant.site.guest('b'), 33)).id;
      const [ours, theirs] = [await flight(own), await flight(foreign)];
      const [ourQuote, theirQuote] = [
        (await quoteOf(own.site.guest('b'), ours)).id,
        (await quoteOf(foreign.site.guest('b'), theirs)).id,
      ];
      const before = (await admin.get('/bookings?limit=100')).body.data.length as number;
      for (const items of [
        [{ quoteId: ourQuote }, { quoteId: theirQuote }],
        [{ quoteId: theirQuote }, { quoteId: ourQuote }],
        [{ quoteId: ourQuote }, { offerId: theirs }],
      ]) {
        const answer = await own.site.guest('b').post('/bookings', {
          items,
          travellers: [adult()],
          contact: contact('bulk@isolation.test'),
          payment: { method: 'card', paymentMethodId: 'pm_card_visa' },
        });
        expect([400, 404]).toContain(answer.status);
      }
      expect((await admin.get('/bookings?limit=100')).body.data.length).toBe(before);
    });
  });

  describe('what a caller may not name', () => {
    const lists = contract.operations.filter(({ method, params }) => method === 'get' && params.length === 0);
    it.each(lists.map((operation) => [operation.name, operation] as const))(
      'I31 hidden fields, foreign relations and wild limits are refused: %s',
      async (_, operation) => {
        const required = operation.query.filter(({ required: needed }) => needed).map(({ name }) => `${name}=mad`);
        const ask = (query: string) => admin.get(`${operation.path}?${[...required, query].join('&')}`);
        for (const query of [
          'include=tenant.users',
          'fields=passwordHash',
          'filter[password_hash]=x',
          'tenantId=x',
          'expand=*',
        ])
          if (operation.query.length > 0) expect([query, (await ask(query)).status]).toEqual([query, 400]);
        const names = operation.query.map(({ name }) => name);
        if (names.includes('limit'))
          for (const limit of ['0', '-1', '101', '1e9', 'all'])
            expect([limit, (await ask(`limit=${limit}`)).status]).toEqual([limit, 400]);
        if (names.includes('sort'))
          for (const sort of ['passwordHash', '(select 1)', 'id;drop table users', 'createdAt,-id', 'constructor'])
            expect([sort, (await ask(`sort=${encodeURIComponent(sort)}`)).status]).toEqual([sort, 400]);
      },
    );

    it.each(
      lists
        .filter(({ query }) => query.some(({ name }) => name === 'cursor'))
        .map((operation) => [operation.name, operation] as const),
    )('I31 a forged cursor, or one of the other tenant, shows nothing of it: %s', async (_, operation) => {
      const path = `${operation.path}?limit=1`;
      const theirs = (await foreign.callers['reseller admin'].get(path)).body.next as string | null;
      const markers = await world.markersOf(foreign);
      for (const cursor of [
        theirs,
        Buffer.from('["x","1; drop table bookings"]').toString('base64url'),
        'AAAA',
        '%00',
        'x'.repeat(301),
      ]) {
        if (!cursor) continue;
        const answer = await admin.get(`${path}&cursor=${encodeURIComponent(cursor)}`);
        expect([cursor, cursor === theirs ? [200, 400] : [400]]).toEqual([
          cursor,
          expect.arrayContaining([answer.status]),
        ]);
        expect(markers.foundIn(answer.text, cursor)).toEqual([]);
      }
    });

    it('I33 a sub-agency finds no price, markup or rule of a level above: the fields are absent, not null', async () => {
      const seen = await own.callers['sub-agency admin'].get(`/bookings/${own.bookings.customer.id}`);
      expect(seen.status).toBe(200);
      const earnings = seen.body.earnings as Record<string, unknown> | undefined;
      for (const field of ['chain', 'net', 'platformFee', 'margin'])
        expect(Object.keys(earnings ?? {})).not.toContain(field);
      const whole = (await admin.get(`/bookings/${own.bookings.customer.id}`)).body.earnings as Record<string, unknown>;
      expect(Object.keys(whole)).toEqual(expect.arrayContaining(['chain', 'net', 'platformFee', 'margin']));
      const customers = await own.callers.customer.get(`/bookings/${own.bookings.customer.id}`);
      expect(Object.keys(customers.body)).not.toContain('earnings');
    });

    it('I34 fifty guesses at a reference or at its secret open nothing', async () => {
      const { reference } = own.bookings.guest as { reference: string };
      const visitor = own.site.guest('b');
      const unknown = (await visitor.get('/bookings/ZZZZZZ')).body as { code: string };
      for (let guess = 0; guess < 50; guess += 1) {
        const answer = await visitor.get(`/bookings/${reference}?access=${`guess${guess}`.padEnd(43, 'x')}`);
        expect([answer.status, answer.body.code]).toEqual([404, unknown.code]);
      }
      expect((await visitor.get(`/bookings/${reference}`)).status).toBe(404);
    });

    it('I35 the number of an invoice is no id, and ids of neighbours are not neighbours', async () => {
      const { data } = (await admin.get('/invoices')).body as { data: Array<{ id: string; number: string }> };
      for (const { number } of data) expect((await admin.get(`/invoices/${number}`)).status).toBe(404);
      const random = data.map(({ id }) => id.slice(24));
      expect(new Set(random).size).toBe(data.length);
    });

    it('I36 a document’s address opens at its own host only, and with its own secret', async () => {
      const booking = own.bookings.guest as { id: string; guestToken: string };
      const other = own.bookings.customer as { id: string };
      const path = `/bookings/${booking.id}/documents/itinerary.pdf`;
      const secret = must(booking.guestToken, 'the guest’s token');
      expect((await own.site.guest('b').get(`${path}?access=${secret}`)).status).toBe(200);
      expect((await foreign.site.guest('b').get(`${path}?access=${secret}`)).status).toBe(404);
      for (const edited of [secret.slice(0, -1), `${secret}x`, secret.toLowerCase(), ''])
        expect((await own.site.guest('b').get(`${path}?access=${edited}`)).status).toBe(404);
      expect(
        (await own.site.guest('b').get(`/bookings/${other.id}/documents/itinerary.pdf?access=${secret}`)).status,
      ).toBe(404);
      const theirs = foreign.bookings.guest as { id: string };
      expect(
        (await own.site.guest('b').get(`/bookings/${theirs.id}/documents/itinerary.pdf?access=${secret}`)).status,
      ).toBe(404);
    });

    it('I37 a search, an offer or a quote of the other tenant can be neither priced nor booked', async () => {
      const visitor = foreign.site.guest('b');
      const offer = (await findExampleFlight(world, visitor, 34)).id;
      const quote = (await quoteOf(visitor, offer)).id;
      const book = (item: object) =>
        own.site.guest('b').post('/bookings', {
          items: [item],
          travellers: [adult()],
          contact: contact('theft@isolation.test'),
          payment: { method: 'card', paymentMethodId: 'pm_card_visa' },
        });
      expect((await own.site.guest('b').get(`/flights/offers/${offer}`)).status).toBe(404);
      for (const item of [{ offerId: offer }, { quoteId: quote }]) expect((await book(item)).status).toBe(404);
    });

    it('I38 an event of the payment provider with a false signature, or for the other tenant’s host, changes nothing', async () => {
      const event = JSON.stringify({
        id: 'evt_forged',
        object: 'event',
        type: 'payment_intent.succeeded',
        account: 'acct_other',
        data: { object: { id: 'pi_x', metadata: { tenant_id: own.site.tenant.id, payment_id: newId() } } },
      });
      for (const signature of ['', 't=1,v1=00', `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`]) {
        const answer = await foreign.site.guest('reseller').raw('post', '/webhooks/stripe', event, {
          key: null,
          headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
        });
        expect([400, 401, 403]).toContain(answer.status);
      }
    });

    it('I39 what exists in the other tenant is free here: there is no oracle of names', async () => {
      const email = 'oracle@isolation.test';
      made(await foreign.callers['reseller admin'].post('/invitations', { email, role: 'reseller_admin' }));
      expect((await admin.post('/invitations', { email, role: 'reseller_admin' })).status).toBe(201);
      const name = { name: 'The same agency', parentId: null };
      made(await foreign.callers['reseller admin'].post('/agencies', name));
      expect((await admin.post('/agencies', name)).status).toBe(201);
    });

    const parameters = contract.operations.filter(({ params, query }) => params.length + query.length > 0);
    it.each(parameters.map((operation) => [operation.name, operation] as const))(
      'I40 hostile values in every parameter are refused plainly: %s',
      async (_, operation) => {
        await world.forgetRates();
        const send = (path: string) => {
          const body = validBody(contract, operation);
          if (operation.method === 'get') return admin.get(path);
          if (operation.method === 'delete') return admin.delete(path);
          return admin[operation.method](path, body);
        };
        const check = (value: string, answer: Answer) => {
          expect([operation.name, value.slice(0, 40), answer.status < 500]).toEqual([
            operation.name,
            value.slice(0, 40),
            true,
          ]);
          if (answer.status >= 400) expect(answer.text).not.toMatch(SQL_OR_STACK);
        };
        for (const value of HOSTILE) {
          if (operation.params.length > 0) {
            const answer = await send(pathOf(operation, () => value));
            check(value, answer);
            expect(answer.status).toBeGreaterThanOrEqual(400);
          }
          // All parameters at once: what refuses one is not to hide what another breaks, so each alone as well in the fuzz run.
          const query = operation.query.map(({ name }) => `${name}=${encodeURIComponent(value)}`).join('&');
          if (query && operation.method === 'get')
            check(value, await send(`${pathOf(operation, () => own.site.agencies.a)}?${query}`));
        }
      },
    );

    it('I41 an address nobody declared is 404 to everybody, and a method nobody declared never a success', async () => {
      for (const role of ROLES) {
        for (const path of ['/nothing', '/bookings/x/y/z', '/admin', '/users/../tenants', '/%2e%2e/metrics'])
          expect([role, path, (await own.callers[role].get(path)).status]).toEqual([role, path, 404]);
        expect((await own.callers[role].delete('/bookings')).status).toBeGreaterThanOrEqual(400);
      }
    });
  });
}

/** A copy of a JSON value with one field replaced; what is missing on the way is made. */
function put(value: unknown, field: readonly string[], replacement: unknown): unknown {
  const [name, ...rest] = field;
  if (name === undefined) return replacement;
  if (name === '0') return [put(Array.isArray(value) ? value[0] : undefined, rest, replacement)];
  const object = typeof value === 'object' && value !== null ? value : {};
  return { ...object, [name]: put((object as Record<string, unknown>)[name], rest, replacement) };
}
