import type { PassengerSpec } from '../suppliers/index.ts';
import type { FlightSearchCreate, HotelSearchCreate } from './schema.ts';

/** Under 2 travels on a lap; up to 17 by age; the rest are adults. */
export function toPassengers(input: FlightSearchCreate['passengers']): PassengerSpec[] {
  return input.map((passenger): PassengerSpec => {
    if ('type' in passenger) return { type: 'adult' };
    return { type: passenger.age < 2 ? 'infant_without_seat' : 'child', age: passenger.age };
  });
}

export const toGuests = (rooms: HotelSearchCreate['rooms']): PassengerSpec[] =>
  rooms.flatMap(({ adults, childAges }) => [
    ...Array.from({ length: adults }, (): PassengerSpec => ({ type: 'adult' })),
    ...childAges.map((age): PassengerSpec => ({ type: 'child', age })),
  ]);
