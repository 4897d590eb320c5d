import type { HotelSummary, StayOption } from '../suppliers/index.ts';
import type { ShownPrice } from './price.ts';
import type { HotelResultsQuery, HotelSearchCreate } from './schema.ts';

/** What was asked, as asked: to search again with. */
export type StayAsked = HotelSearchCreate;

export interface PricedOption extends StayOption {
  price: ShownPrice;
}

/** A hotel with the cheapest rate of each kind, at the seller's prices. `n` is its place in the supplier's answer. */
export interface PricedHotel {
  n: number;
  hotel: HotelSummary;
  options: PricedOption[];
  distanceKm: number;
}

/** A hotel with the one rate it is listed by. */
export interface HotelRow extends PricedHotel {
  option: PricedOption;
}

/** Each hotel by its cheapest rate that passes the filter: asked for breakfast, the price shown includes it. Others are left out. */
export function chooseRates(hotels: readonly PricedHotel[], query: HotelResultsQuery): HotelRow[] {
  const passes = ({ board, freeCancellation, price }: PricedOption): boolean => {
    if (query.board?.length && !query.board.includes(board)) return false;
    if (query.refundable !== undefined && freeCancellation !== query.refundable) return false;
    return query.maxPrice === undefined || price.total <= query.maxPrice;
  };
  return hotels.flatMap((row): HotelRow[] => {
    if (query.stars?.length && !query.stars.includes(String(Math.floor(row.hotel.stars ?? 0)))) return [];
    const option = row.options.filter(passes).sort((a, b) => a.price.total - b.price.total)[0];
    return option ? [{ ...row, option }] : [];
  });
}

/** Price against the cheapest, less for reviews (out of 10) and stars, a little more for distance. Lower is better. */
function scoreHotel({ hotel, option, distanceKm: km }: HotelRow, cheapest: number): number {
  return option.price.total / cheapest - 0.15 * (hotel.reviewScore ?? 5) - 0.1 * (hotel.stars ?? 2) + 0.05 * km;
}

/** In the order asked; equals by price, then by place in the supplier's answer. */
export function sortHotels(rows: readonly HotelRow[], sort: HotelResultsQuery['sort']): HotelRow[] {
  const cheapest = Math.max(1, Math.min(...rows.map(({ option }) => option.price.total)));
  const valueOf = (row: HotelRow): number => {
    if (sort === 'stars') return -(row.hotel.stars ?? 0);
    if (sort === 'review') return -(row.hotel.reviewScore ?? 0);
    return sort === 'best' ? scoreHotel(row, cheapest) : row.option.price.total;
  };
  return [...rows].sort((a, b) => valueOf(a) - valueOf(b) || a.option.price.total - b.option.price.total || a.n - b.n);
}

export interface HotelFacetCounts {
  stars: Array<{ value: number; count: number }>;
  board: Array<{ value: StayOption['board']; count: number }>;
  price: { min: number; max: number } | null;
}

/** Hotels over the whole search, whatever the filter: by stars, by each board they sell, and the span of their prices. */
export function countHotelFacets(rows: readonly PricedHotel[]): HotelFacetCounts {
  const stars = new Map<number, number>();
  const boards = new Map<StayOption['board'], number>();
  for (const { hotel, options } of rows) {
    if (hotel.stars !== null) stars.set(Math.floor(hotel.stars), (stars.get(Math.floor(hotel.stars)) ?? 0) + 1);
    for (const board of new Set(options.map((option) => option.board))) boards.set(board, (boards.get(board) ?? 0) + 1);
  }
  const totals = rows.flatMap(({ options }) => options.map((option) => option.price.total));
  return {
    stars: [...stars].map(([value, count]) => ({ value, count })).sort((a, b) => b.value - a.value),
    board: [...boards].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count),
    price: totals.length === 0 ? null : { min: Math.min(...totals), max: Math.max(...totals) },
  };
}

const EARTH_KM = 6371;

/** Great-circle distance in kilometres, to a hundred metres. */
export function distanceKm(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const chord =
    half(b.latitude - a.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(b.longitude - a.longitude);
  return Math.round(2 * EARTH_KM * Math.asin(Math.sqrt(chord)) * 10) / 10;
}
