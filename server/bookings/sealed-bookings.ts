import { bound, type SealedTable } from '../kernel/crypto/sealed-table.ts';
import type { TenantVault } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { Booking } from './booking.ts';

/** Columns of bookings that are sealed, as the vault knows them. */
const LEAD = 'bookings.lead_name';
const CONTACT = 'bookings.contact';
const PHONE = 'bookings.contact_phone';
const GIVEN_NAME = 'travellers.given_name';
const FAMILY_NAME = 'travellers.family_name';
const BORN_ON = 'travellers.born_on';
const DOCUMENT = 'travellers.document';
const ACTOR = 'booking_events.actor';

type Contact = Booking['contact'];

/** Stands for a name that was erased. */
export const NO_ONE = '–';

export interface PassportDetails {
  type: 'passport';
  number: string;
  issuingCountry: string;
  expiresOn: string;
}

/** The lead traveller's name to store: sealed, and the terms the booking is found by. */
export const sealLead = (vault: TenantVault, bookingId: string, leadName: string) => ({
  lead_name: vault.seal(LEAD, leadName, bookingId),
  lead_terms: vault.terms(LEAD, leadName),
});
export const openLead = (vault: TenantVault, bookingId: string, stored: string): string =>
  vault.reveal(LEAD, stored, bookingId);
/** Condition of the bookings whose lead traveller's name has all these words, or words that begin so. */
export const hasLead = (vault: TenantVault, typed: string) =>
  q.raw(`b.lead_terms <> '{}' and b.lead_terms @> ?::text[]`, [vault.wanted(LEAD, typed)]);

/** A JSON string in a JSON column: what was stored before it was sealed is an object. */
export const sealContact = (vault: TenantVault, bookingId: string, contact: Contact) => ({
  contact: JSON.stringify(vault.seal(CONTACT, JSON.stringify(contact), bookingId)),
  contact_index: contactIndex(vault, contact.email),
});
/** Stands for the contact's e-mail address in look-ups. */
export const contactIndex = (vault: TenantVault, email: string): string => vault.index(CONTACT, email);
export const openContact = (vault: TenantVault, bookingId: string, stored: Contact | string): Contact =>
  typeof stored === 'string' ? (JSON.parse(vault.open(CONTACT, stored, bookingId)) as Contact) : stored;

export const sealPhone = (vault: TenantVault, bookingId: string, phone: string): string =>
  vault.seal(PHONE, phone, bookingId);
/** Null once it was erased. */
export const openPhone = (vault: TenantVault, booking: Pick<Booking, 'id' | 'contactPhoneEncrypted'>): string | null =>
  booking.contactPhoneEncrypted ? vault.reveal(PHONE, booking.contactPhoneEncrypted, booking.id) : null;

interface SealedTraveller {
  id: string;
  bornOnEncrypted: string | null;
  documentEncrypted: string | null;
}

export const sealTravellerName = (
  vault: TenantVault,
  id: string,
  name: { givenName: string; familyName: string },
): { given_name: string; family_name: string } => ({
  given_name: vault.seal(GIVEN_NAME, name.givenName, id),
  family_name: vault.seal(FAMILY_NAME, name.familyName, id),
});
export const openTravellerName = (
  vault: TenantVault,
  row: { id: string; given_name: string; family_name: string },
): { givenName: string; familyName: string } => ({
  givenName: vault.reveal(GIVEN_NAME, row.given_name, row.id),
  familyName: vault.reveal(FAMILY_NAME, row.family_name, row.id),
});

export const sealBirth = (vault: TenantVault, id: string, bornOn: string): string => vault.seal(BORN_ON, bornOn, id);
/** The day of birth; null once it was erased. */
export const openBirth = (vault: TenantVault, traveller: SealedTraveller): string | null =>
  traveller.bornOnEncrypted ? vault.reveal(BORN_ON, traveller.bornOnEncrypted, traveller.id) : null;

export const sealDocument = (vault: TenantVault, id: string, document: PassportDetails): string =>
  vault.seal(DOCUMENT, JSON.stringify(document), id);
export const openDocument = (vault: TenantVault, traveller: SealedTraveller): PassportDetails | null =>
  traveller.documentEncrypted
    ? (JSON.parse(vault.reveal(DOCUMENT, traveller.documentEncrypted, traveller.id)) as PassportDetails)
    : null;

export const sealActor = (vault: TenantVault, eventId: string, name: string): string =>
  vault.seal(ACTOR, name, eventId);
export const openActor = (vault: TenantVault, eventId: string, stored: string): string =>
  vault.reveal(ACTOR, stored, eventId);

/** What of bookings is sealed. */
export const sealedTables: readonly SealedTable[] = [
  {
    table: 'bookings',
    key: 'id',
    columns: [
      bound('lead_name', LEAD),
      { ...bound('contact', CONTACT), json: true },
      bound('contact_phone_encrypted', PHONE),
    ],
    indexes: (vault, { lead_name: lead, contact }) => ({
      lead_terms: vault.terms(LEAD, lead ?? ''),
      contact_index: contactIndex(vault, (JSON.parse(contact ?? '{}') as Partial<Contact>).email ?? ''),
    }),
  },
  {
    table: 'travellers',
    key: 'id',
    columns: [
      bound('given_name', GIVEN_NAME),
      bound('family_name', FAMILY_NAME),
      bound('born_on_encrypted', BORN_ON),
      bound('document_encrypted', DOCUMENT),
    ],
  },
  { table: 'booking_events', key: 'id', columns: [bound('actor', ACTOR)] },
];
