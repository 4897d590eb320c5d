import {
  findBookings,
  listBookingIdsOf,
  listTimeline,
  openBirth,
  openDocument,
  openPhone,
  type Booking,
} from '../bookings/index.ts';
import { listConsents } from '../identity/index.ts';
import { findInvoicesOfBooking } from '../invoicing/index.ts';
import type { SavedCard } from '../payments/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand } from '../kernel/http/context.ts';
import type { Customer } from './read-customers.ts';
import type { PersonalDataView } from './schema.ts';

const BATCH = 50;

/** Whose bookings an account's data are: guests' too, where the person has proven the address. */
export const personOf = (customer: Customer) => ({
  customerId: customer.id,
  provenEmail: customer.emailVerifiedAt && !customer.erasedAt ? customer.email : null,
});

/**
 * All that is stored of a customer (GDPR art. 15 and 20). Each column that `tests/privacy/columns-of-people.ts` says is personal is in it.
 * @param cards that the payment service keeps for the person
 * @param mayRead leaves out bookings of other agencies where it is not the person who asks
 */
export async function exportPersonalData(
  sql: TenantSql,
  brand: Brand,
  customer: Customer,
  now: Date,
  cards: SavedCard[],
  mayRead: (booking: Booking) => boolean = () => true,
): Promise<PersonalDataView> {
  const ids = await listBookingIdsOf(sql, personOf(customer));
  const bookings: PersonalDataView['bookings'] = [];
  for (let at = 0; at < ids.length; at += BATCH)
    for (const booking of await findBookings(sql, ids.slice(at, at + BATCH)))
      if (mayRead(booking)) bookings.push(await exportBooking(sql, booking));
  return {
    exportedAt: now.toISOString(),
    controller: { name: brand.legal.companyName ?? brand.name, email: brand.legal.email ?? brand.senderEmail },
    account: {
      id: customer.id,
      email: customer.erasedAt ? null : customer.email,
      givenName: customer.givenName,
      familyName: customer.familyName,
      locale: customer.locale,
      agency: customer.agencyName,
      emailVerifiedAt: customer.emailVerifiedAt?.toISOString() ?? null,
      createdAt: customer.createdAt.toISOString(),
    },
    consents: (await listConsents(sql, customer.id)).map((consent) => ({
      ...consent,
      acceptedAt: consent.acceptedAt.toISOString(),
    })),
    cards: cards.map(({ brand, last4, expMonth, expYear }) => ({ brand, last4, expMonth, expYear })),
    bookings,
  };
}

async function exportBooking(sql: TenantSql, booking: Booking): Promise<PersonalDataView['bookings'][number]> {
  const [timeline, invoices] = await Promise.all([
    listTimeline(sql, booking.id),
    findInvoicesOfBooking(sql, booking.id),
  ]);
  return {
    reference: booking.reference,
    state: booking.state,
    title: booking.title,
    total: { amount: booking.totalMinor, currency: booking.currency },
    startsOn: booking.startsOn,
    endsOn: booking.endsOn,
    createdAt: booking.createdAt.toISOString(),
    leadName: booking.leadName,
    contact: { ...booking.contact, phone: openPhone(sql.vault, booking) },
    travellers: booking.travellers.map((traveller) => ({
      title: traveller.title,
      gender: traveller.gender,
      givenName: traveller.givenName,
      familyName: traveller.familyName,
      bornOn: openBirth(sql.vault, traveller),
      document: openDocument(sql.vault, traveller),
    })),
    tickets: booking.items.flatMap((item) => item.supplierDocuments.map((document) => document.number)),
    timeline: timeline.map(({ at, kind, actor }) => ({ at: at.toISOString(), kind, actor })),
    // What bills an agency is the agencies' business, not the customer's.
    invoices: invoices
      .filter((invoice) => invoice.billed_agency_id === null)
      .map(({ full_number: number, issued_at: issuedAt, customer: { name, taxId, address, email } }) => ({
        number,
        issuedAt: issuedAt.toISOString(),
        customer: { name, taxId, address, email },
      })),
  };
}
