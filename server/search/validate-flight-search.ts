import type { FieldFault } from '../kernel/errors.ts';
import { expandPlace, suggestPlace, type ReferenceLocale } from '../reference/index.ts';
import { daysBetween, localDay } from '../suppliers/index.ts';
import { toPassengers } from './passengers.ts';
import type { FlightSearchCreate } from './schema.ts';

/** Airlines open their books about that far ahead. */
export const FURTHEST_DAYS = 361;

export interface SuggestedPlace {
  code: string;
  label: string;
}
/** A fault that also offers what was probably meant. */
export type SearchFault = FieldFault & { suggestions?: SuggestedPlace[] };

/** Fault of a code nobody flies to, with the place probably meant. */
export function unknownPlace(code: string, pointer: string, locale: ReferenceLocale): SearchFault {
  const guess = suggestPlace(code, locale);
  const suggestions = guess ? [{ code: guess.code, label: guess.cityName || guess.name }] : [];
  const hint = guess ? `did you mean ${guess.code} (${guess.cityName || guess.name})?` : 'look it up with GET /places';
  return { pointer, code: 'unknown_place', detail: `"${code}" is no airport or city we know; ${hint}`, suggestions };
}

type Slice = FlightSearchCreate['slices'][number];

function checkPlaces(slice: Slice, at: number, locale: ReferenceLocale): SearchFault[] {
  const origins = expandPlace(slice.origin);
  const destinations = expandPlace(slice.destination);
  const faults: SearchFault[] = [];
  if (origins.length === 0) faults.push(unknownPlace(slice.origin, `/slices/${at}/origin`, locale));
  if (destinations.length === 0) faults.push(unknownPlace(slice.destination, `/slices/${at}/destination`, locale));
  const shared = origins.some((origin) => destinations.some((destination) => destination.iata === origin.iata));
  if (shared)
    faults.push({
      pointer: `/slices/${at}/destination`,
      code: 'same_place',
      detail: 'destination: must be another place than the origin',
    });
  return faults;
}

function checkDate(slice: Slice, previous: Slice | undefined, at: number, now: Date): SearchFault[] {
  const pointer = `/slices/${at}/departureDate`;
  const [origin] = expandPlace(slice.origin);
  const today = localDay(now, origin?.timeZone ?? 'UTC');
  if (slice.departureDate < today)
    return [
      {
        pointer,
        code: 'in_past',
        detail: `departureDate: ${slice.departureDate} is past; it is ${today} at the origin`,
      },
    ];
  if (daysBetween(today, slice.departureDate) > FURTHEST_DAYS)
    return [
      { pointer, code: 'too_far', detail: `departureDate: flights are sold at most ${FURTHEST_DAYS} days ahead` },
    ];
  if (previous && slice.departureDate < previous.departureDate) {
    return [
      {
        pointer,
        code: 'before_previous',
        detail: `departureDate: ${slice.departureDate} is before the previous flight's ${previous.departureDate}; a return cannot precede its departure`,
      },
    ];
  }
  return [];
}

function checkPassengers(input: FlightSearchCreate): SearchFault[] {
  const passengers = toPassengers(input.passengers);
  const adults = passengers.filter((passenger) => passenger.type === 'adult').length;
  const infants = passengers.filter((passenger) => passenger.type === 'infant_without_seat').length;
  if (adults === 0)
    return [{ pointer: '/passengers', code: 'adult_required', detail: 'passengers: at least one adult must travel' }];
  if (infants > adults) {
    return [
      {
        pointer: '/passengers',
        code: 'too_many_infants',
        detail: `passengers: ${infants} infants under 2 need ${infants} adults to sit on, but there ${adults === 1 ? 'is 1' : `are ${adults}`}`,
      },
    ];
  }
  return [];
}

/** What an airline's site would refuse, beyond shapes and types: every fault at once, none when the search may go out. Pure. */
export function validateFlightSearch(
  input: FlightSearchCreate,
  now: Date,
  locale: ReferenceLocale = 'en',
): SearchFault[] {
  const slices = input.slices.flatMap((slice, at) => [
    ...checkPlaces(slice, at, locale),
    ...checkDate(slice, input.slices[at - 1], at, now),
  ]);
  return [...slices, ...checkPassengers(input)];
}
