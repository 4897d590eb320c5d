import { describe, expect, it } from 'vitest';
import {
  askForFlights,
  findFlightFaults,
  placeFlightProblems,
  readFlightCriteria,
  readPlace,
  UNKNOWN_AGE,
  writeFlightCriteria,
} from './flight-criteria.ts';

const query = { from: 'MAD', to: 'JFK', depart: '2026-12-23', return: '2026-12-30', adults: '2', children: '8,1' };

describe('flight criteria in the address', () => {
  it('read and write to the same', () => {
    expect(writeFlightCriteria(readFlightCriteria(query))).toEqual(query);
  });

  it('take what a form without scripts sends', () => {
    expect(readFlightCriteria({ ...query, from: 'Madrid (mad)', children: ['8', '1'], return: '' })).toMatchObject({
      from: 'MAD',
      childAges: [8, 1],
      return: '',
    });
    expect(readPlace(' madrid ')).toBe('madrid');
  });

  it('survive nonsense', () => {
    expect(
      readFlightCriteria({ from: null, adults: 'x', depart: '2026-13-40', children: '99,-1', cabin: 'roof' }),
    ).toEqual({ from: '', to: '', depart: '', return: '', adults: 1, childAges: [], cabin: 'economy' });
  });

  it('ask for the way out and back with each child’s age', () => {
    expect(askForFlights(readFlightCriteria(query))).toEqual({
      slices: [
        { origin: 'MAD', destination: 'JFK', departureDate: '2026-12-23' },
        { origin: 'JFK', destination: 'MAD', departureDate: '2026-12-30' },
      ],
      passengers: [{ type: 'adult' }, { type: 'adult' }, { age: 8 }, { age: 1 }],
      cabin: 'economy',
    });
  });
});

describe('what is refused before asking', () => {
  const faultsOf = (change: object) => findFlightFaults({ ...readFlightCriteria(query), ...change }, '2026-11-23');

  it('names each fault at its field', () => {
    expect(faultsOf({ to: 'MAD' })).toEqual({ to: 'fault.samePlace' });
    expect(faultsOf({ return: '2026-12-22' })).toEqual({ return: 'fault.returnBefore' });
    expect(faultsOf({ depart: '2026-11-20' })).toEqual({ depart: 'fault.datePast' });
    expect(faultsOf({ adults: 1, childAges: [1, 0] })).toEqual({ travellers: 'fault.infants' });
    expect(faultsOf({ adults: 8, childAges: [4, 5] })).toEqual({ travellers: 'fault.tooMany' });
    expect(faultsOf({ childAges: [UNKNOWN_AGE] })).toEqual({ travellers: 'fault.childAge' });
  });

  it('leaves yesterday to the airport’s own day', () => {
    expect(faultsOf({ depart: '2026-11-22' })).toEqual({});
  });
});

it('shows refusals of the API at the fields they are about', () => {
  expect(
    placeFlightProblems({
      '/slices/0/origin': 'a',
      '/slices/1/departureDate': 'b',
      '/passengers/3/age': 'c',
      '/cabin': 'd',
    }),
  ).toEqual({ from: 'a', return: 'b', travellers: 'c' });
});
