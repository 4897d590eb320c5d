import { json, q } from '../kernel/database/builder.ts';
import type { TenantVault } from '../kernel/crypto/vault.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import {
  openActor,
  openContact,
  openLead,
  openTravellerName,
  sealActor,
  sealContact,
  sealLead,
  sealTravellerName,
} from './sealed-bookings.ts';
import { canBecome, type Booking, type BookingItem, type BookingState, type Traveller } from './booking.ts';

interface BookingRow {
  id: string;
  reference: string;
  state: BookingState;
  brand_id: string;
  agency_id: string | null;
  agency_path: string;
  customer_id: string | null;
  booked_by_id: string | null;
  title: string;
  lead_name: string;
  contact: Booking['contact'] | string;
  contact_phone_encrypted: string | null;
  locale: string;
  currency: string;
  total_minor: number;
  payment_method: Booking['paymentMethod'];
  guest_token_hash: string | null;
  starts_on: string;
  ends_on: string;
  expires_at: Date | null;
  failure_reason: string | null;
  created_at: Date;
  confirmed_at: Date | null;
  cancelled_at: Date | null;
  supplier_refund_minor: number | null;
  items: ItemRow[];
  travellers: TravellerRow[];
}
interface ItemRow {
  id: string;
  position: number;
  product: 'flight' | 'stay';
  state: string;
  quote_id: string;
  supplier: string;
  supplier_order_id: string | null;
  supplier_reference: string | null;
  supplier_documents: BookingItem['supplierDocuments'];
  offer: BookingItem['offer'];
  build_up: BookingItem['buildUp'];
  net_minor: number;
  total_minor: number;
  currency: string;
}
interface TravellerRow {
  id: string;
  position: number;
  type: Traveller['type'];
  title: Traveller['title'];
  gender: Traveller['gender'];
  given_name: string;
  family_name: string;
  born_on_encrypted: string | null;
  document_encrypted: string | null;
}

const toItem = (row: ItemRow): BookingItem => ({
  id: row.id,
  position: row.position,
  product: row.product,
  state: row.state,
  quoteId: row.quote_id,
  supplier: row.supplier,
  supplierOrderId: row.supplier_order_id,
  supplierReference: row.supplier_reference,
  supplierDocuments: row.supplier_documents,
  offer: row.offer,
  buildUp: row.build_up,
  netMinor: row.net_minor,
  totalMinor: row.total_minor,
  currency: row.currency,
});
const toTraveller = (vault: TenantVault, row: TravellerRow): Traveller => ({
  id: row.id,
  position: row.position,
  type: row.type,
  title: row.title,
  gender: row.gender,
  ...openTravellerName(vault, row),
  bornOnEncrypted: row.born_on_encrypted,
  documentEncrypted: row.document_encrypted,
});
const toBooking = (vault: TenantVault, row: BookingRow): Booking => ({
  id: row.id,
  reference: row.reference,
  state: row.state,
  brandId: row.brand_id,
  agencyId: row.agency_id,
  agencyPath: row.agency_path,
  customerId: row.customer_id,
  bookedById: row.booked_by_id,
  title: row.title,
  leadName: openLead(vault, row.id, row.lead_name),
  contact: openContact(vault, row.id, row.contact),
  contactPhoneEncrypted: row.contact_phone_encrypted,
  locale: row.locale,
  currency: row.currency,
  totalMinor: row.total_minor,
  paymentMethod: row.payment_method,
  guestTokenHash: row.guest_token_hash,
  startsOn: row.starts_on,
  endsOn: row.ends_on,
  expiresAt: row.expires_at,
  failureReason: row.failure_reason,
  createdAt: row.created_at,
  confirmedAt: row.confirmed_at,
  cancelledAt: row.cancelled_at,
  supplierRefundMinor: row.supplier_refund_minor,
  items: row.items.map(toItem),
  travellers: row.travellers.map((traveller) => toTraveller(vault, traveller)),
});

/** What the supplier gave back of a cancelled booking's net, under the quote that was accepted. */
export const REFUNDED = q.raw(
  `(select c.supplier_refund_minor from cancellation_quotes c where c.booking_id = b.id and c.state = 'confirmed' and b.state = 'cancelled') as supplier_refund_minor`,
);

/** The booking with its items and travellers in one statement. */
const whole = () =>
  q('bookings as b').select(
    'b.*',
    REFUNDED,
    q.raw(
      `(select coalesce(json_agg(i order by i.position), '[]') from booking_items i where i.booking_id = b.id) as items`,
    ),
    q.raw(
      `(select coalesce(json_agg(t order by t.position), '[]') from travellers t where t.booking_id = b.id) as travellers`,
    ),
  );

export async function findById(sql: TenantSql, id: string): Promise<Booking | undefined> {
  const row = await sql.one<BookingRow>(whole().where('b.id', id));
  return row && toBooking(sql.vault, row);
}

export async function findByIdOrReference(sql: TenantSql, idOrReference: string): Promise<Booking | undefined> {
  const row = await sql.one<BookingRow>(
    whole().where(idOrReference.length === 6 ? { 'b.reference': idOrReference } : { 'b.id': idOrReference }),
  );
  return row && toBooking(sql.vault, row);
}

/** Bookings by id, for the export of a person's data; at most fifty at a time. */
export async function findByIds(sql: TenantSql, ids: readonly string[]): Promise<Booking[]> {
  const rows = await sql.all<BookingRow>(whole().whereIn('b.id', ids.slice(0, 50)).orderBy('b.id'));
  return rows.map((row) => toBooking(sql.vault, row));
}

export async function getById(sql: TenantSql, id: string): Promise<Booking> {
  const booking = await findById(sql, id);
  if (!booking) throw new Error(`Booking ${id} is gone`);
  return booking;
}

/** Writes a new booking; false when its id exists already (a repeated request). A clash of references throws and is tried again. */
export async function insertBooking(
  sql: TenantSql,
  booking: Omit<Booking, 'createdAt' | 'confirmedAt' | 'cancelledAt' | 'failureReason' | 'supplierRefundMinor'>,
): Promise<boolean> {
  const inserted = await sql.run(
    q('bookings')
      .insert({
        id: booking.id,
        reference: booking.reference,
        state: booking.state,
        brand_id: booking.brandId,
        agency_id: booking.agencyId,
        agency_path: booking.agencyPath,
        customer_id: booking.customerId,
        booked_by_id: booking.bookedById,
        title: booking.title,
        ...sealLead(sql.vault, booking.id, booking.leadName),
        ...sealContact(sql.vault, booking.id, booking.contact),
        contact_phone_encrypted: booking.contactPhoneEncrypted,
        locale: booking.locale,
        currency: booking.currency,
        total_minor: booking.totalMinor,
        payment_method: booking.paymentMethod,
        guest_token_hash: booking.guestTokenHash,
        starts_on: booking.startsOn,
        ends_on: booking.endsOn,
        expires_at: booking.expiresAt,
      })
      .onConflict('id')
      .ignore(),
  );
  if (inserted === 0) return false;
  await sql.run(
    q('booking_items').insert(
      booking.items.map((item) => ({
        id: item.id,
        booking_id: booking.id,
        position: item.position,
        product: item.product,
        quote_id: item.quoteId,
        supplier: item.supplier,
        supplier_offer_id: item.offer.supplierOfferId,
        offer: json(item.offer),
        build_up: json(item.buildUp),
        net_minor: item.netMinor,
        total_minor: item.totalMinor,
        currency: item.currency,
      })),
    ),
  );
  await sql.run(
    q('travellers').insert(
      booking.travellers.map((traveller) => ({
        id: traveller.id,
        booking_id: booking.id,
        position: traveller.position,
        type: traveller.type,
        title: traveller.title,
        gender: traveller.gender,
        ...sealTravellerName(sql.vault, traveller.id, traveller),
        born_on_encrypted: traveller.bornOnEncrypted,
        document_encrypted: traveller.documentEncrypted,
      })),
    ),
  );
  return true;
}

/**
 * Moves a booking to a state its present one allows; false when it does not (somebody else moved it first, or it is there already).
 */
export async function moveBooking(
  sql: TenantSql,
  id: string,
  to: BookingState,
  change: { failureReason?: string | null; at?: Date; expiresAt?: Date } = {},
): Promise<boolean> {
  const row = await sql.one<{ state: BookingState }>(q('bookings').where({ id }).select('state').forUpdate());
  if (!row || !canBecome(row.state, to)) return false;
  await sql.run(
    q('bookings')
      .where({ id })
      .update({
        state: to,
        failure_reason: change.failureReason,
        expires_at: change.expiresAt,
        confirmed_at: to === 'confirmed' || (to === 'ticketed' && row.state !== 'confirmed') ? change.at : undefined,
        cancelled_at: to === 'cancelled' ? change.at : undefined,
        updated_at: q.fn.now(),
        version: q.raw('version + 1'),
      }),
  );
  return true;
}

export async function updateItem(
  sql: TenantSql,
  id: string,
  change: {
    state?: string;
    supplierOrderId?: string;
    supplierReference?: string | null;
    supplierDocuments?: unknown[];
  },
): Promise<void> {
  await sql.run(
    q('booking_items')
      .where({ id })
      .update({
        state: change.state,
        supplier_order_id: change.supplierOrderId,
        supplier_reference: change.supplierReference,
        supplier_documents: change.supplierDocuments && json(change.supplierDocuments),
      }),
  );
}

/** Adds a line to the booking's timeline. */
export async function addTimelineEvent(
  sql: TenantSql,
  bookingId: string,
  kind: string,
  actor: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  const id = newId();
  await sql.run(
    q('booking_events').insert({
      id,
      booking_id: bookingId,
      kind,
      actor: sealActor(sql.vault, id, actor),
      detail: json(detail),
    }),
  );
}

export async function listTimeline(
  sql: TenantSql,
  bookingId: string,
): Promise<Array<{ at: Date; kind: string; actor: string; detail: Record<string, unknown> }>> {
  const rows = await sql.all<{ id: string; at: Date; kind: string; actor: string; detail: Record<string, unknown> }>(
    q('booking_events')
      .where({ booking_id: bookingId })
      .orderBy(['at', 'id'])
      .limit(500)
      .select('id', 'at', 'kind', 'actor', 'detail'),
  );
  return rows.map(({ id, actor, ...event }) => ({ ...event, actor: openActor(sql.vault, id, actor) }));
}
