import type { FlightOffer } from '../offer.ts';
import type { ContactDetails, TravellerDetails } from '../ports.ts';
import { transliterateName } from '../transliterate.ts';

/** Duffel takes 1 to 20 characters in a name. Cut at a word's end where that leaves something. */
const LONGEST_NAME = 20;

export function toWireName(name: string): string {
  const plain = transliterateName(name);
  if (plain.length <= LONGEST_NAME) return plain;
  const cut = plain.slice(0, LONGEST_NAME + 1).replace(/[ '-][^ '-]*$/, '');
  return (cut.length > 0 && cut.length <= LONGEST_NAME ? cut : plain.slice(0, LONGEST_NAME)).trim();
}

export interface WirePassenger {
  id: string;
  title: TravellerDetails['title'];
  gender: 'm' | 'f';
  given_name: string;
  family_name: string;
  born_on: string;
  email: string;
  phone_number: string;
  infant_passenger_id?: string;
  identity_documents?: Array<{
    type: 'passport';
    unique_identifier: string;
    issuing_country_code: string;
    expires_on: string;
  }>;
}

/**
 * Travellers as an order names them: in the places of the search, each infant tied to an adult of its own. A person with one name only
 * flies as FNU (first name unknown), as carriers write it.
 * @throws RangeError when the travellers are not those of the offer.
 */
export function toOrderPassengers(
  offer: Pick<FlightOffer, 'passengers' | 'documentsAccepted'>,
  travellers: readonly TravellerDetails[],
  contact: ContactDetails,
): WirePassenger[] {
  if (travellers.length !== offer.passengers.length)
    throw new RangeError(`The offer is for ${offer.passengers.length} travellers, not ${travellers.length}.`);
  const infantIds = offer.passengers
    .filter((passenger) => passenger.type === 'infant_without_seat')
    .map((passenger) => passenger.supplierPassengerId);
  return offer.passengers.map((passenger, at): WirePassenger => {
    const traveller = travellers[at] as TravellerDetails;
    const infantId = passenger.type === 'adult' ? infantIds.shift() : undefined;
    const { document } = traveller;
    return {
      id: passenger.supplierPassengerId,
      title: traveller.title,
      gender: traveller.gender,
      given_name: toWireName(traveller.givenName) || 'FNU',
      family_name: toWireName(traveller.familyName) || toWireName(traveller.givenName),
      born_on: traveller.bornOn,
      email: contact.email,
      phone_number: contact.phone,
      ...(infantId === undefined ? {} : { infant_passenger_id: infantId }),
      ...(document && offer.documentsAccepted
        ? {
            identity_documents: [
              {
                type: 'passport' as const,
                unique_identifier: document.number.replace(/\s+/g, '').toUpperCase(),
                issuing_country_code: document.issuingCountry.toUpperCase(),
                expires_on: document.expiresOn,
              },
            ],
          }
        : {}),
    };
  });
}
