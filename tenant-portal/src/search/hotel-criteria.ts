import { countNights, isDay } from '../formatting/dates.ts';
import { readPlace, UNKNOWN_AGE } from './flight-criteria.ts';
import type { LocationQuery } from 'vue-router';
import type { Board, HotelSearchCreate, RoomOccupancy } from '../api/types.ts';
import type { FaultKey } from './flight-criteria.ts';

export type HotelCriteria = { near: string; checkIn: string; checkOut: string; rooms: RoomOccupancy[] };
export type HotelFaults = Partial<Record<'near' | 'checkIn' | 'checkOut' | 'rooms', FaultKey>>;
export const MAX_ROOMS = 4;

const one = (value: LocationQuery[string] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');

/** `rooms=2,2+5+8`: a room a comma; the first figure its adults, the others its children's ages. */
export function readRooms(text: string): RoomOccupancy[] {
  const rooms = text
    .split(',')
    .slice(0, MAX_ROOMS)
    .flatMap((room) => {
      const [adults, ...ages] = room.split(/[+ ]/).map((figure) => (/^\d{1,2}$/.test(figure) ? Number(figure) : NaN));
      if (adults === undefined || Number.isNaN(adults) || adults < 1) return [];
      return [{ adults: Math.min(adults, 6), childAges: ages.filter((age) => age >= 0 && age <= 17).slice(0, 4) }];
    });
  return rooms.length === 0 ? [{ adults: 2, childAges: [] }] : rooms;
}

export const writeRooms = (rooms: readonly RoomOccupancy[]): string =>
  rooms.map((room) => [room.adults, ...room.childAges].join('+')).join(',');

export function readHotelCriteria(query: LocationQuery): HotelCriteria {
  const checkIn = one(query['checkIn']);
  const checkOut = one(query['checkOut']);
  return {
    near: readPlace(one(query['near'])),
    checkIn: isDay(checkIn) ? checkIn : '',
    checkOut: isDay(checkOut) ? checkOut : '',
    rooms: readRooms(one(query['rooms'])),
  };
}

export const writeHotelCriteria = ({ near, checkIn, checkOut, rooms }: HotelCriteria): Record<string, string> => ({
  near,
  checkIn,
  checkOut,
  rooms: writeRooms(rooms),
});

export function findHotelFaults(criteria: HotelCriteria, today: string): HotelFaults {
  const faults: HotelFaults = {};
  if (criteria.near === '') faults.near = 'fault.placeMissing';
  if (criteria.checkIn === '') faults.checkIn = 'fault.dateMissing';
  else if (countNights(criteria.checkIn, today) > 1) faults.checkIn = 'fault.datePast';
  if (criteria.checkOut === '') faults.checkOut = 'fault.dateMissing';
  else if (criteria.checkIn !== '' && criteria.checkOut <= criteria.checkIn) faults.checkOut = 'fault.stayOrder';
  else if (criteria.checkIn !== '' && countNights(criteria.checkIn, criteria.checkOut) > 30)
    faults.checkOut = 'fault.stayLong';
  if (criteria.rooms.some((room) => room.childAges.includes(UNKNOWN_AGE))) faults.rooms = 'fault.childAge';
  return faults;
}

export const askForHotels = (criteria: HotelCriteria): HotelSearchCreate => ({ ...criteria });

export function placeHotelProblems(
  fields: Readonly<Record<string, string>>,
): Partial<Record<keyof HotelFaults, string>> {
  const placed: Partial<Record<keyof HotelFaults, string>> = {};
  for (const [pointer, detail] of Object.entries(fields)) {
    const field = (['near', 'checkIn', 'checkOut', 'rooms'] as const).find((name) => pointer.startsWith(`/${name}`));
    if (field !== undefined) placed[field] ??= detail;
  }
  return placed;
}

export const BOARDS: readonly Board[] = ['room_only', 'breakfast', 'half_board', 'full_board', 'all_inclusive'];
export const HOTEL_SORTS = ['best', 'price', 'stars', 'review'] as const;
export type HotelFilters = {
  sort: (typeof HOTEL_SORTS)[number];
  stars: string[];
  board: string[];
  refundable: boolean;
};

const many = (value: LocationQuery[string] | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each) => each?.split(',') ?? []).filter(Boolean);

export function readHotelFilters(query: LocationQuery): HotelFilters {
  return {
    sort: HOTEL_SORTS.find((sort) => sort === one(query['sort'])) ?? 'best',
    stars: many(query['stars']).filter((stars) => /^[1-5]$/.test(stars)),
    board: many(query['board']).filter((board) => BOARDS.some((each) => each === board)),
    refundable: one(query['refundable']) === 'true',
  };
}

export function writeHotelFilters({ sort, stars, board, refundable }: HotelFilters): Record<string, string> {
  return {
    ...(sort === 'best' ? {} : { sort }),
    ...(stars.length === 0 ? {} : { stars: stars.join(',') }),
    ...(board.length === 0 ? {} : { board: board.join(',') }),
    ...(refundable ? { refundable: 'true' } : {}),
  };
}
