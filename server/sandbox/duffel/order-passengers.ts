import { invalid, required } from './envelope.ts';
import type { OfferRequestRecord, SearchPassenger } from './records.ts';
import type { Offer, OrderPassenger } from './wire.ts';

type Input = Record<string, unknown>;

/** Latin letters with accents, space, hyphen and apostrophe; Æ, Ĳ, Œ, Þ and ð are refused as Duffel refuses them. */
const namePattern = /^[\p{Script=Latin}\p{M} '-]{1,20}$/u;
const refusedLetters = /[ÆæĲĳŒœÞþðÐ]/;

function requireText(row: Input, field: string, pointer: string): string {
  const value = row[field];
  if (typeof value !== 'string' || value.trim() === '') throw required(`${pointer}/${field}`);
  return value;
}

function requireName(row: Input, field: string, pointer: string): string {
  const value = requireText(row, field, pointer);
  if (!namePattern.test(value) || refusedLetters.test(value))
    throw invalid(
      'validation_format',
      `Field '${field}' must be 1 to 20 Latin letters, spaces, hyphens or apostrophes`,
      `${pointer}/${field}`,
    );
  return value;
}

export function ageOn(bornOn: string, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return date.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

/** The birth date must agree with the age or type that was priced, on the day of the last departure. */
function checkAge(bornOn: string, priced: SearchPassenger, lastDeparture: string, pointer: string): void {
  const age = ageOn(bornOn, lastDeparture);
  const agrees = priced.age !== null ? age === priced.age : priced.type === 'infant_without_seat' ? age < 2 : age >= 12;
  const expected =
    priced.age !== null
      ? `a passenger aged ${priced.age}`
      : priced.type === 'infant_without_seat'
        ? 'an infant under 2'
        : 'an adult';
  if (!agrees)
    throw invalid(
      'validation_born_on_mismatch',
      `Field 'born_on' does not match ${expected} on ${lastDeparture}, as the offer was priced; the passenger will be ${age}`,
      `${pointer}/born_on`,
    );
}

function checkDocuments(row: Input, offer: Offer, pointer: string): void {
  const documents = Array.isArray(row['identity_documents']) ? (row['identity_documents'] as Input[]) : [];
  if (documents.length > 1)
    throw invalid(
      'validation_length',
      'Only one identity document per passenger can be given',
      `${pointer}/identity_documents`,
    );
  if (offer.passenger_identity_documents_required && documents.length === 0)
    throw required(`${pointer}/identity_documents`);
  const [document] = documents;
  if (!document) return;
  const at = `${pointer}/identity_documents/0`;
  if (!offer.supported_passenger_identity_document_types.some((type) => type === document['type']))
    throw invalid(
      'validation_inclusion',
      `Field 'type' must be one of ${offer.supported_passenger_identity_document_types.join(', ') || 'none: this airline takes no documents'}`,
      `${at}/type`,
    );
  requireText(document, 'unique_identifier', at);
  requireText(document, 'issuing_country_code', at);
  const expires = requireText(document, 'expires_on', at);
  const lastArrival = offer.slices.at(-1)?.segments.at(-1)?.arriving_at.slice(0, 10) ?? '';
  if (expires < lastArrival)
    throw invalid('validation_in_future', "Field 'expires_on' must not be before the last arrival", `${at}/expires_on`);
}

function parsePassenger(row: Input, priced: SearchPassenger, offer: Offer, pointer: string): OrderPassenger {
  const givenName = requireName(row, 'given_name', pointer);
  const familyName = requireName(row, 'family_name', pointer);
  const bornOn = requireText(row, 'born_on', pointer);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(bornOn) || Number.isNaN(Date.parse(bornOn)))
    throw invalid('validation_format', "Field 'born_on' must be a date such as 1988-04-02", `${pointer}/born_on`);
  const gender = requireText(row, 'gender', pointer);
  if (gender !== 'm' && gender !== 'f')
    throw invalid('validation_inclusion', "Field 'gender' must be m or f", `${pointer}/gender`);
  const title = requireText(row, 'title', pointer);
  if (!['mr', 'ms', 'mrs', 'miss', 'dr'].includes(title))
    throw invalid('validation_inclusion', "Field 'title' must be mr, ms, mrs, miss or dr", `${pointer}/title`);
  const email = requireText(row, 'email', pointer);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    throw invalid('validation_format', "Field 'email' must be an e-mail address", `${pointer}/email`);
  const phone = requireText(row, 'phone_number', pointer);
  if (!/^\+[1-9]\d{6,14}$/.test(phone))
    throw invalid(
      'invalid_phone_number',
      "Field 'phone_number' must be a phone number in E.164 format",
      `${pointer}/phone_number`,
    );
  checkAge(bornOn, priced, offer.slices.at(-1)?.segments[0]?.departing_at.slice(0, 10) ?? '', pointer);
  checkDocuments(row, offer, pointer);
  return {
    id: priced.id,
    type: priced.type,
    title: title as OrderPassenger['title'],
    gender,
    given_name: givenName,
    family_name: familyName,
    born_on: bornOn,
    email,
    phone_number: phone,
    infant_passenger_id: typeof row['infant_passenger_id'] === 'string' ? row['infant_passenger_id'] : null,
  };
}

/** Every priced passenger exactly once, each infant named on one adult of its own. */
export function parseOrderPassengers(value: unknown, offer: Offer, record: OfferRequestRecord): OrderPassenger[] {
  const rows = (Array.isArray(value) ? (value as unknown[]) : []).map((row) =>
    typeof row === 'object' && row !== null ? (row as Input) : {},
  );
  if (rows.length !== record.passengers.length)
    throw invalid(
      'validation_length',
      `The order must have the ${record.passengers.length} passenger(s) of the offer, not ${rows.length}`,
      '/passengers',
    );
  const passengers = rows.map((row, at) => {
    const priced = record.passengers.find((passenger) => passenger.id === row['id']);
    if (!priced)
      throw invalid(
        'validation_inclusion',
        "Field 'id' must be the id of a passenger of the offer",
        `/passengers/${at}/id`,
      );
    return parsePassenger(row, priced, offer, `/passengers/${at}`);
  });
  if (new Set(passengers.map((passenger) => passenger.id)).size !== passengers.length)
    throw invalid('validation_unique', 'Each passenger of the offer must appear once', '/passengers');
  const infants = passengers
    .filter((passenger) => passenger.type === 'infant_without_seat')
    .map((passenger) => passenger.id);
  const carried = passengers.flatMap((passenger) => passenger.infant_passenger_id ?? []);
  for (const infant of infants)
    if (carried.filter((id) => id === infant).length !== 1)
      throw invalid(
        'validation_infant_assignment',
        'Each infant must be named on exactly one adult as infant_passenger_id',
        '/passengers',
      );
  passengers.forEach((passenger, at) => {
    if (
      passenger.infant_passenger_id &&
      (passenger.type !== 'adult' || !infants.includes(passenger.infant_passenger_id))
    )
      throw invalid(
        'validation_infant_assignment',
        "Field 'infant_passenger_id' must name an infant of this order and belong to an adult",
        `/passengers/${at}/infant_passenger_id`,
      );
  });
  return passengers;
}
