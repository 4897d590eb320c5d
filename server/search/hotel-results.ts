import type { StayResult } from '../suppliers/index.ts';
import type { ShownPrice } from './price.ts';
import type { HotelResultsQuery, HotelSearchCreate } from './schema.ts';

/** What was asked, as asked: to search again with. */
export type StayAsked = HotelSearchCreate;

export interface PricedHotel {
  n: number;
  result: StayResult;
  price: ShownPrice;
  distanceKm: number;
}

export function filterHotels(rows: readonly PricedHotel[], query: HotelResultsQuery): PricedHotel[] {
  return rows.filter(({ result, price }) => {
    if (query.stars?.length && !query.stars.includes(String(Math.floor(result.hotel.stars ?? 0)))) return false;
    if (query.board?.length && !query.board.includes(result.cheapest.board)) return false;
    if (query.refundable !== undefined && result.cheapest.freeCancellation !== query.refundable) return false;
    return query.maxPrice === undefined || price.total <= query.maxPrice;
  });
}

/** Price against the cheapest, less for reviews and stars, a little more for distance. Lower is better. */
function scoreHotel({ result, price, distanceKm }: PricedHotel, cheapest: number): number {
  return price.total / cheapest - 0.15 * (result.hotel.reviewScore ?? 5) - 0.1 * (result.hotel.stars ?? 2) + 0.05 * distanceKm;
}

/** In the order asked; equals by price, then by place in the supplier's answer. */
export function sortHotels(rows: readonly PricedHotel[], sort: HotelResultsQuery['sort']): PricedHotel[] {
  const cheapest = Math.max(1, Math.min(...rows.map(({ price }) => price.total)));
  const valueOf = (row: PricedHotel): number => {
    if (sort === 'stars') return -(row.result.hotel.stars ?? 0);
    if (sort === 'review') return -(row.result.hotel.reviewScore ?? 0);
    return sort === 'best' ? scoreHotel(row, cheapest) : row.price.total;
  };
  return [...rows].sort((a, b) => valueOf(a) - valueOf(b) || a.price.total - b.price.total || a.n - b.n);
}

export interface HotelFacetCounts {
  stars: Array<{ value: number; count: number }>;
  board: Array<{ value: StayResult['cheapest']['board']; count: number }>;
  price: { min: number; max: number } | null;
}

/** Counts over the whole search, whatever the filter. */
export function countHotelFacets(rows: readonly PricedHotel[]): HotelFacetCounts {
  const stars = new Map<number, number>();
  const boards = new Map<StayResult['cheapest']['board'], number>();
  for (const { result } of rows) {
    if (result.hotel.stars !== null) stars.set(Math.floor(result.hotel.stars), (stars.get(Math.floor(result.hotel.stars)) ?? 0) + 1);
    boards.set(result.cheapest.board, (boards.get(result.cheapest.board) ?? 0) + 1);
  }
  const totals = rows.map(({ price }) => price.total);
  return {
    stars: [...stars].map(([value, count]) => ({ value, count })).sort((a, b) => b.value - a.value),
    board: [...boards].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count),
    price: totals.length === 0 ? null : { min: Math.min(...totals), max: Math.max(...totals) },
  };
}

const EARTH_KM = 6371;

/** Great-circle distance in kilometres, to a hundred metres. */
export function distanceKm(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const chord = half(b.latitude - a.latitude) + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(b.longitude - a.longitude);
  return Math.round(2 * EARTH_KM * Math.asin(Math.sqrt(chord)) * 10) / 10;
}
