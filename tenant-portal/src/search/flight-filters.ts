import type { LocationQuery } from 'vue-router';

/** Filters and sort of the results as they stand in the page's address; '' is off. */
export type FlightFilters = {
  sort: 'best' | 'price' | 'duration' | 'departure';
  maxStops: string;
  carriers: string[];
  time: DayPart | '';
  refundable: boolean;
  checkedBag: boolean;
  /** Minor units. */
  maxPrice: string;
};

export const FLIGHT_SORTS = ['best', 'price', 'duration', 'departure'] as const;

/** Parts of the day of the outbound departure, as local minutes after midnight. */
export const DAY_PARTS = {
  night: [0, 359],
  morning: [360, 719],
  afternoon: [720, 1079],
  evening: [1080, 1439],
} as const;
export type DayPart = keyof typeof DAY_PARTS;
export const DAY_PART_NAMES = Object.keys(DAY_PARTS) as DayPart[];

export const NO_FLIGHT_FILTERS: FlightFilters = {
  sort: 'best',
  maxStops: '',
  carriers: [],
  time: '',
  refundable: false,
  checkedBag: false,
  maxPrice: '',
};

const one = (value: LocationQuery[string] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
const many = (value: LocationQuery[string] | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each) => each?.split(',') ?? []).filter(Boolean);
const digits = (text: string): string => (/^\d{1,12}$/.test(text) ? text : '');

export function readFlightFilters(query: LocationQuery): FlightFilters {
  return {
    sort: FLIGHT_SORTS.find((sort) => sort === one(query['sort'])) ?? 'best',
    maxStops: /^[0-3]$/.test(one(query['maxStops'])) ? one(query['maxStops']) : '',
    carriers: many(query['carriers']).filter((code) => /^[A-Z0-9]{2}$/.test(code)),
    time: DAY_PART_NAMES.find((part) => part === one(query['time'])) ?? '',
    refundable: one(query['refundable']) === 'true',
    checkedBag: one(query['checkedBag']) === 'true',
    maxPrice: digits(one(query['maxPrice'])),
  };
}

/** For the page's address. */
export function writeFlightFilters(filters: FlightFilters): Record<string, string> {
  const { sort, maxStops, carriers, time, refundable, checkedBag, maxPrice } = filters;
  return withoutEmpty({
    sort: sort === 'best' ? '' : sort,
    maxStops,
    carriers: carriers.join(','),
    time,
    refundable: refundable ? 'true' : '',
    checkedBag: checkedBag ? 'true' : '',
    maxPrice,
  });
}

/** For the API. */
export function askWithFilters(filters: FlightFilters, cursor = ''): Record<string, string> {
  const { time: _local, ...rest } = writeFlightFilters(filters);
  const window = filters.time === '' ? undefined : DAY_PARTS[filters.time];
  return withoutEmpty({
    ...rest,
    departFrom: window === undefined ? '' : String(window[0]),
    departTo: window === undefined ? '' : String(window[1]),
    cursor,
  });
}

export const countFilters = (filters: FlightFilters): number =>
  Object.keys(writeFlightFilters({ ...filters, sort: 'best' })).length;

const withoutEmpty = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
