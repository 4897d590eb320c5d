import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abilityFor } from '../access/index.ts';
import { json, q } from '../kernel/database/builder.ts';
import { systemActor } from '../kernel/http/actor.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { toAppError } from '../kernel/http/problem.ts';
import { newId } from '../kernel/ids.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { listBookings } from './read-bookings.ts';
import { BookingListQuery } from './schema.ts';

let world: TestWorld;
let ctx: RequestContext;
const COUNT = 7;

beforeAll(async () => {
  world = await createTestWorld();
  const { tenant, brand, sql } = await world.createTenant();
  const actor = { ...systemActor, role: 'reseller_admin' as const };
  ctx = { tenant, brand, sql, actor, ability: abilityFor(actor) } as unknown as RequestContext;
  for (let n = 0; n < COUNT; n += 1) {
    const [id, quoteId] = [newId(), newId()];
    const money = { net_minor: 100, total_minor: 1000 + (n % 3), currency: 'EUR' };
    const offer = {
      product: 'flight',
      supplier: 'duffel',
      supplier_offer_id: `off_${n}`,
      offer: json({}),
      build_up: json({}),
    };
    const expiry = { brand_id: brand.id, expires_at: new Date('2027-01-01T00:00:00Z') };
    await sql.run(q('quotes').insert({ id: quoteId, ...offer, ...money, ...expiry }));
    await sql.run(
      q('bookings').insert({
        id,
        reference: `AAAAA${n + 2}`,
        state: 'confirmed',
        brand_id: brand.id,
        title: 'Madrid – Rome',
        lead_name: 'Clara Vidal',
        lead_surname: 'vidal',
        contact: json({}),
        locale: 'en',
        currency: 'EUR',
        total_minor: money.total_minor,
        payment_method: 'card',
        starts_on: `2027-02-0${1 + (n % 4)}`,
        ends_on: '2027-03-01',
        created_at: new Date(Date.UTC(2026, 10, 1 + (n % 5))),
      }),
    );
    await sql.run(
      q('booking_items').insert({ id: newId(), booking_id: id, position: 0, quote_id: quoteId, ...offer, ...money }),
    );
  }
});
afterAll(() => world?.close());

const list = (query: object) => listBookings(ctx, BookingListQuery.parse(query));

describe('a list of bookings', () => {
  for (const sort of ['-createdAt', 'createdAt', '-total', 'total', 'startsOn', '-startsOn'] as const) {
    it(`shows every booking once, page by page, sorted by ${sort}`, async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await list({ sort, limit: 2, ...(cursor ? { cursor } : {}) });
        seen.push(...page.rows.map((row) => row.reference));
        cursor = page.next;
      } while (cursor);
      const whole = await list({ sort, limit: 100 });
      expect(seen).toEqual(whole.rows.map((row) => row.reference));
      expect(new Set(seen).size).toBe(COUNT);
    });
  }

  it('refuses the cursor of a list that is sorted otherwise', async () => {
    const { next } = await list({ sort: 'total', limit: 2 });
    await expect(list({ sort: 'startsOn', limit: 2, cursor: next })).rejects.toMatchObject({ status: 400 });
  });

  it('answers 400 to a forged cursor with a day that does not exist', async () => {
    const cursor = Buffer.from(`2027-02-31|${newId()}`).toString('base64url');
    const error: unknown = await list({ sort: 'startsOn', cursor }).catch((fault: unknown) => fault);
    expect(toAppError(error, 'r').problem).toMatchObject({ status: 400, code: 'request.value_refused' });
  });
});
