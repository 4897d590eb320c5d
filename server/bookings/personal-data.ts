import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import {
  NO_ONE,
  contactIndex,
  openActor,
  openContact,
  sealActor,
  sealContact,
  sealLead,
  sealTravellerName,
} from './sealed-bookings.ts';
import type { Booking } from './booking.ts';

/** A person's bookings: those of the account, and those a guest made with the address the person has proven. */
export interface PersonOfBookings {
  customerId: string;
  provenEmail: string | null;
}

const ofPerson = (sql: TenantSql, { customerId, provenEmail }: PersonOfBookings) =>
  q('bookings as b').where((any) => {
    void any.where('b.customer_id', customerId);
    if (provenEmail)
      void any.orWhere(
        (guest) => void guest.whereNull('b.customer_id').where('b.contact_index', contactIndex(sql.vault, provenEmail)),
      );
  });

export const listBookingIdsOf = async (sql: TenantSql, person: PersonOfBookings): Promise<string[]> =>
  (await sql.all<{ id: string }>(ofPerson(sql, person).select('b.id').orderBy('b.id'))).map(({ id }) => id);

const OVER = ['completed', 'cancelled', 'failed', 'expired'];

/** References of trips that are not over: their data are still needed to perform the contract. */
export async function listTripsAhead(sql: TenantSql, person: PersonOfBookings, today: string): Promise<string[]> {
  const open = ofPerson(sql, person)
    .whereNotIn('b.state', OVER)
    .where((any) => void any.whereNotIn('b.state', ['confirmed', 'ticketed']).orWhere('b.ends_on', '>=', today))
    .whereNotIn('b.state', ['payment_failed'])
    .select('b.reference')
    .limit(20);
  return (await sql.all<{ reference: string }>(open)).map(({ reference }) => reference);
}

/**
 * Erases who booked and who travelled from bookings; what was sold, when and for how much stays. Idempotent. Guests' keys end: nobody opens
 * the booking by a link any more.
 */
export async function eraseBookings(sql: TenantSql, bookingIds: readonly string[]): Promise<void> {
  for (const id of bookingIds) {
    const row = await sql.one<{ contact: Booking['contact'] | string }>(
      q('bookings').where({ id }).select('contact').forUpdate(),
    );
    if (!row) continue;
    const contact = openContact(sql.vault, id, row.contact);
    await sql.run(
      q('bookings')
        .where({ id })
        .update({
          ...sealLead(sql.vault, id, NO_ONE),
          lead_terms: [],
          ...sealContact(sql.vault, id, { givenName: NO_ONE, familyName: NO_ONE, email: '' }),
          contact_index: null,
          contact_phone_encrypted: null,
          guest_token_hash: null,
          updated_at: q.fn.now(),
        }),
    );
    await sql.run(q('payment_links').where({ booking_id: id }).delete());
    await eraseTravellers(sql, id);
    await eraseFromTimeline(sql, id, `${contact.givenName} ${contact.familyName}`);
  }
}

async function eraseTravellers(sql: TenantSql, bookingId: string): Promise<void> {
  const travellers = await sql.all<{ id: string }>(q('travellers').where({ booking_id: bookingId }).select('id'));
  for (const { id } of travellers)
    await sql.run(
      q('travellers')
        .where({ id })
        .update({
          ...sealTravellerName(sql.vault, id, { givenName: NO_ONE, familyName: NO_ONE }),
          gender: null,
          born_on_encrypted: null,
          document_encrypted: null,
        }),
    );
  // Tickets are issued in a name: the number alone leads back to it.
  await sql.run(
    q('booking_items')
      .where({ booking_id: bookingId })
      .update({ supplier_documents: json([]) }),
  );
}

async function eraseFromTimeline(sql: TenantSql, bookingId: string, name: string): Promise<void> {
  const events = await sql.all<{ id: string; actor: string }>(
    q('booking_events').where({ booking_id: bookingId }).select('id', 'actor'),
  );
  for (const { id, actor } of events)
    if (openActor(sql.vault, id, actor) === name)
      await sql.run(
        q('booking_events')
          .where({ id })
          .update({ actor: sealActor(sql.vault, id, 'customer') }),
      );
}

/** Guests' bookings that were over before a day and still say who booked; at most `limit`. */
export const listOldGuestBookings = async (sql: TenantSql, before: string, limit: number): Promise<string[]> =>
  (
    await sql.all<{ id: string }>(
      q('bookings')
        .whereNull('customer_id')
        .whereNotNull('contact_index')
        .where('ends_on', '<', before)
        .whereNotIn('state', ['needs_attention', 'cancelling', 'changing'])
        .orderBy('ends_on')
        .limit(limit)
        .select('id'),
    )
  ).map(({ id }) => id);
