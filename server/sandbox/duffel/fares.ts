import type { Brand } from './brands.ts';
import { between } from './hash.ts';
import type { Itinerary } from './itineraries.ts';
import type { SearchPassenger } from './records.ts';
import { fixedFareOf } from './scenarios.ts';
import { demandOf } from './timetable.ts';
import type { CabinClass } from './wire.ts';
import { daysBetween, toLocal, weekdayOf } from './zone-clock.ts';

export interface Fare {
  base: number;
  tax: number;
}

const cabinFactor: Readonly<Record<CabinClass, number>> = {
  economy: 1,
  premium_economy: 1.85,
  business: 3.3,
  first: 5.6,
};
const kindFactor = { full: 1, regional: 0.95, low_cost: 0.58, low_cost_long_haul: 0.74 } as const;

/** Later bookings pay more. */
function leadFactor(days: number): number {
  if (days < 3) return 1.75;
  if (days < 7) return 1.5;
  if (days < 14) return 1.25;
  if (days < 30) return 1.08;
  return days < 120 ? 0.94 : 0.99;
}

function seasonFactor(date: string): number {
  const [, month = 1, day = 1] = date.split('-').map(Number);
  if (month === 7 || month === 8 || (month === 12 && day >= 19) || (month === 1 && day <= 6)) return 1.25;
  return month === 2 || month === 11 ? 0.88 : 1;
}

function departureTax(country: string, cabin: CabinClass, longHaul: boolean, seed: string, iata: string): number {
  if (country === 'GB') return longHaul ? (cabin === 'economy' ? 10_200 : 22_400) : 3_350;
  return between(1_150, 3_600, seed, 'airport-tax', iata) + (longHaul ? 2_400 : 0);
}

export const routeOf = (itinerary: Itinerary): string =>
  `${itinerary.flights[0]?.from.iata ?? ''}-${itinerary.flights.at(-1)?.to.iata ?? ''}`;

/** Cents for one adult in one slice. Depends on the seed, the flights, their date and the day of the search, nothing else. */
function adultFare(
  seed: string,
  itinerary: Itinerary,
  brand: Brand,
  cabin: CabinClass,
  searchDay: string,
  isReturn: boolean,
): Fare {
  const first = itinerary.flights[0];
  if (!first) return { base: 0, tax: 0 };
  const fixed =
    itinerary.owner.iata === 'ZZ' && cabin === 'economy' && !isReturn ? fixedFareOf(routeOf(itinerary)) : undefined;
  if (fixed) return { base: brand.code === 'CLS' ? fixed.base : fixed.base + 9_900, tax: fixed.tax };
  const date = toLocal(first.departure, first.from.timeZone).slice(0, 10);
  const km = itinerary.flights.reduce((sum, flight) => sum + flight.km, 0);
  const longHaul = km > 4600;
  const demand =
    itinerary.flights.reduce((sum, flight) => sum + demandOf(seed, flight, date), 0) / itinerary.flights.length;
  const weekend = [0, 5].includes(weekdayOf(date)) ? 1.1 : 1;
  const connecting = 0.84 ** (itinerary.flights.length - 1);
  const market = demand * leadFactor(daysBetween(searchDay, date)) * seasonFactor(date) * weekend;
  const cents =
    (2_200 + 25 * km ** 0.85) *
    kindFactor[itinerary.owner.kind] *
    connecting *
    market *
    cabinFactor[cabin] *
    (isReturn ? 0.74 : 1);
  const surcharge =
    longHaul && itinerary.owner.kind === 'full' ? between(4_500, 9_500, seed, 'surcharge', itinerary.owner.iata) : 0;
  const airportTaxes = itinerary.flights.reduce(
    (sum, flight) => sum + departureTax(flight.from.country, cabin, longHaul, seed, flight.from.iata),
    0,
  );
  return { base: Math.max(900, Math.round((cents * brand.percent) / 10_000) * 100 - 1), tax: airportTaxes + surcharge };
}

/** Children pay three quarters, infants on a lap a tenth without airport taxes. */
function fareShare(fare: Fare, passenger: SearchPassenger): Fare {
  if (passenger.type === 'child') return { base: Math.round(fare.base * 0.75), tax: fare.tax };
  if (passenger.type === 'infant_without_seat') return { base: Math.round(fare.base / 10), tax: 0 };
  return fare;
}

/** Cents of an offer: every slice for every passenger. */
export function priceOffer(
  seed: string,
  slices: readonly Itinerary[],
  brand: Brand,
  cabin: CabinClass,
  passengers: readonly SearchPassenger[],
  searchDay: string,
): Fare {
  const total: Fare = { base: 0, tax: 0 };
  for (const itinerary of slices) {
    const fare = adultFare(seed, itinerary, brand, cabin, searchDay, slices.length > 1);
    for (const passenger of passengers) {
      const share = fareShare(fare, passenger);
      total.base += share.base;
      total.tax += share.tax;
    }
  }
  return total;
}
