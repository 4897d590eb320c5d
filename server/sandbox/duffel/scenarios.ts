import type { Itinerary } from './itineraries.ts';

/** Duffel's own test routes, kept so the same suite runs against its test mode; plus routes with an exact price. */
export type OrderScenario = 'times_out' | 'offer_gone' | 'airline_fails' | 'insufficient_balance';

const orderScenarios: Readonly<Record<string, OrderScenario>> = {
  'STN-LHR': 'times_out',
  'LGW-LHR': 'offer_gone',
  'LHR-LGW': 'airline_fails',
  'LGW-STN': 'insufficient_balance',
};

export const orderScenarioOf = (route: string): OrderScenario | undefined => orderScenarios[route];

export const hasNoOffers = (route: string): boolean => route === 'PVD-RAI';
export const isHoldOnly = (route: string): boolean => route === 'JFK-EWR';
export const risesOnEveryRead = (route: string): boolean => route === 'LHR-STN';
export const hasNoBags = (route: string): boolean => route === 'BTS-MRU' || route === 'BTS-ABV';
export const refundsAsCredits = (route: string): boolean => route === 'LTN-SYD';

/** LHR-DXB is sold only with a connection, DXB-AMS only non-stop by flight number with a stop on the way. */
export function applyRouteScenario(route: string, itineraries: readonly Itinerary[]): Itinerary[] {
  if (hasNoOffers(route)) return [];
  if (route === 'LHR-DXB') return itineraries.filter((itinerary) => itinerary.flights.length > 1);
  if (route === 'DXB-AMS') return itineraries.filter((itinerary) => itinerary.flights.length === 1);
  return [...itineraries];
}

export const hasStopOnTheWay = (route: string): boolean => route === 'DXB-AMS';

/** Cents for one adult in one slice of the ZZ offer called Classic, whatever the date; the refund penalty is per booking. */
export interface FixedFare {
  base: number;
  tax: number;
  refundPenalty: number;
}

const fixedFares: Readonly<Record<string, FixedFare>> = {
  'VLC-BIO': { base: 16_000, tax: 4_000, refundPenalty: 8_000 },
  'BIO-LIS': { base: 33_000, tax: 8_237, refundPenalty: 10_000 },
};

export const fixedFareOf = (route: string): FixedFare | undefined => fixedFares[route];
