const FLIGHT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\d{1,4})$/;
const STAY = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\d{1,4})_(\d{1,4})$/;

/** Offer ids name their search and place in it, so that an offer needs no row of its own. */
export type OfferId =
  { product: 'flight'; searchId: string; n: number } | { product: 'stay'; searchId: string; hotel: number; n: number };

export const flightOfferId = (searchId: string, n: number): string => `${searchId}_${n}`;
export const stayOfferId = (searchId: string, hotel: number, n: number): string => `${searchId}_${hotel}_${n}`;

/** What an id names; null when it is none of ours. */
export function readOfferId(id: string): OfferId | null {
  const flight = FLIGHT.exec(id);
  if (flight) return { product: 'flight', searchId: flight[1] ?? '', n: Number(flight[2]) };
  const stay = STAY.exec(id);
  return stay ? { product: 'stay', searchId: stay[1] ?? '', hotel: Number(stay[2]), n: Number(stay[3]) } : null;
}
