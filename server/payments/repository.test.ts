import { afterAll, beforeAll, expect, it } from 'vitest';
import { json, q } from '../kernel/database/builder.ts';
import { newId } from '../kernel/ids.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { findLatestByBooking, insertPayment, updatePayment } from './repository.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world?.close());

it('the newest payment of a booking is the one made last, whatever its id', async () => {
  const { sql, brand } = await world.createTenant();
  const bookingId = newId();
  await sql.run(
    q('bookings').insert({
      id: bookingId,
      reference: 'ABC234',
      state: 'pending',
      brand_id: brand.id,
      agency_path: '/',
      title: 'Test',
      lead_name: 'Clara Vidal',
      lead_surname: 'vidal',
      contact: json({}),
      locale: 'en',
      currency: 'EUR',
      total_minor: 100,
      payment_method: 'card',
      starts_on: '2027-01-01',
      ends_on: '2027-01-02',
    }),
  );
  for (const first of ['f', '8', '0']) {
    const id = `${first}fffffff-0000-8000-8000-000000000000`;
    await insertPayment(sql, { id, bookingId, method: 'card', state: 'created', amountMinor: 100, currency: 'EUR' });
    expect((await findLatestByBooking(sql, bookingId))!.id).toBe(id);
    await updatePayment(sql, id, { state: 'failed' });
    expect((await findLatestByBooking(sql, bookingId))!.id).toBe(id);
  }
});
