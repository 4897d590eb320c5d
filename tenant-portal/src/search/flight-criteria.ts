import { isDay } from '../formatting/dates.ts';
import type { LocationQuery } from 'vue-router';
import type { Cabin, FlightSearchCreate } from '../api/types.ts';

export const CABINS: readonly Cabin[] = ['economy', 'premium_economy', 'business', 'first'];
export const MAX_TRAVELLERS = 9;
/** A child whose age has not been chosen yet. */
export const UNKNOWN_AGE = -1;

export type FlightCriteria = {
  from: string;
  to: string;
  depart: string;
  /** '' for a one-way journey. */
  return: string;
  adults: number;
  childAges: number[];
  cabin: Cabin;
};

/** Message keys of faults by field. */
export type CriteriaFaults = Partial<Record<'from' | 'to' | 'depart' | 'return' | 'travellers', FaultKey>>;
export type FaultKey =
  | 'fault.placeMissing'
  | 'fault.samePlace'
  | 'fault.dateMissing'
  | 'fault.datePast'
  | 'fault.returnBefore'
  | 'fault.childAge'
  | 'fault.tooMany'
  | 'fault.infants'
  | 'fault.adultMissing'
  | 'fault.stayOrder'
  | 'fault.stayLong';

const first = (value: LocationQuery[string] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
const all = (value: LocationQuery[string] | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each) => each?.split(/[\s,]+/) ?? []);

/** "Madrid (MAD)" or "mad" → MAD; other text stays as it was typed. */
export function readPlace(text: string): string {
  const inside = /\(([A-Za-z]{3})\)\s*$/.exec(text)?.[1];
  const code = inside ?? text.trim();
  return /^[A-Za-z]{3}$/.test(code) ? code.toUpperCase() : text.trim();
}

/** MAD, "Madrid" → "Madrid (MAD)". */
export const labelPlace = (code: string, name: string | undefined): string =>
  name === undefined || !isPlaceCode(code) ? code : name.includes(`(${code})`) ? name : `${name} (${code})`;

export const isPlaceCode = (text: string): boolean => /^[A-Z]{3}$/.test(text);

const readCount = (text: string, fallback: number, max: number): number =>
  /^\d{1,2}$/.test(text) ? Math.min(Number(text), max) : fallback;

export function readChildAges(value: LocationQuery[string] | undefined): number[] {
  return all(value)
    .filter((age) => /^\d{1,2}$/.test(age) && Number(age) <= 17)
    .map(Number)
    .slice(0, 8);
}

export function readFlightCriteria(query: LocationQuery): FlightCriteria {
  const cabin = first(query['cabin']);
  return {
    from: readPlace(first(query['from'])),
    to: readPlace(first(query['to'])),
    depart: isDay(first(query['depart'])) ? first(query['depart']) : '',
    return: isDay(first(query['return'])) ? first(query['return']) : '',
    adults: readCount(first(query['adults']), 1, MAX_TRAVELLERS),
    childAges: readChildAges(query['children']),
    cabin: CABINS.find((each) => each === cabin) ?? 'economy',
  };
}

export function writeFlightCriteria(criteria: FlightCriteria): Record<string, string> {
  return {
    from: criteria.from,
    to: criteria.to,
    depart: criteria.depart,
    ...(criteria.return === '' ? {} : { return: criteria.return }),
    adults: String(criteria.adults),
    ...(criteria.childAges.length === 0 ? {} : { children: criteria.childAges.join(',') }),
    ...(criteria.cabin === 'economy' ? {} : { cabin: criteria.cabin }),
  };
}

/** What can be refused before asking. The API judges again, places and airport-local days included. */
export function findFlightFaults(criteria: FlightCriteria, today: string): CriteriaFaults {
  const faults: CriteriaFaults = {};
  if (criteria.from === '') faults.from = 'fault.placeMissing';
  if (criteria.to === '') faults.to = 'fault.placeMissing';
  else if (criteria.to === criteria.from) faults.to = 'fault.samePlace';
  if (criteria.depart === '') faults.depart = 'fault.dateMissing';
  // A day behind UTC is still today somewhere west.
  else if (criteria.depart < today && daysApart(criteria.depart, today) > 1) faults.depart = 'fault.datePast';
  if (criteria.return !== '' && criteria.depart !== '' && criteria.return < criteria.depart)
    faults.return = 'fault.returnBefore';
  const travellers = findTravellerFault(criteria.adults, criteria.childAges);
  if (travellers !== undefined) faults.travellers = travellers;
  return faults;
}

export function findTravellerFault(adults: number, childAges: readonly number[]): FaultKey | undefined {
  if (adults + childAges.length > MAX_TRAVELLERS) return 'fault.tooMany';
  if (childAges.includes(UNKNOWN_AGE)) return 'fault.childAge';
  if (adults === 0 && childAges.some((age) => age < 12)) return 'fault.adultMissing';
  if (adults + childAges.length === 0) return 'fault.adultMissing';
  return childAges.filter((age) => age < 2).length > adults ? 'fault.infants' : undefined;
}

const daysApart = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

export function askForFlights(criteria: FlightCriteria): FlightSearchCreate {
  const out = { origin: criteria.from, destination: criteria.to, departureDate: criteria.depart };
  const back = { origin: criteria.to, destination: criteria.from, departureDate: criteria.return };
  return {
    slices: criteria.return === '' ? [out] : [out, back],
    passengers: [
      ...Array.from({ length: criteria.adults }, () => ({ type: 'adult' as const })),
      ...criteria.childAges.map((age) => ({ age })),
    ],
    cabin: criteria.cabin,
  };
}

/** Places the API's refusals at the fields of the search form; what belongs to none stays out. */
export function placeFlightProblems(
  fields: Readonly<Record<string, string>>,
): Partial<Record<keyof CriteriaFaults, string>> {
  const placed: Partial<Record<keyof CriteriaFaults, string>> = {};
  for (const [pointer, detail] of Object.entries(fields)) {
    const field = fieldOf(pointer);
    if (field !== undefined) placed[field] ??= detail;
  }
  return placed;
}

function fieldOf(pointer: string): keyof CriteriaFaults | undefined {
  if (pointer.startsWith('/passengers')) return 'travellers';
  if (pointer === '/slices/0/origin') return 'from';
  if (pointer === '/slices/0/destination') return 'to';
  if (pointer.startsWith('/slices/0')) return 'depart';
  return pointer.startsWith('/slices/1') ? 'return' : undefined;
}
