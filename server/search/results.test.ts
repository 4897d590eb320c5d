import { describe, expect, it } from 'vitest';
import type { FlightOffer, FlightSegment } from '../suppliers/index.ts';
import { bagsOf, countFlightFacets, filterFlights, sortFlights, type PricedFlight } from './flight-results.ts';
import { chooseRates, countHotelFacets, distanceKm, type PricedHotel } from './hotel-results.ts';
import { scaleRefund } from './price.ts';
import { FlightResultsQuery, HotelResultsQuery } from './schema.ts';
import { searchAgainLink } from './search-again.ts';

const place = (iata: string) => ({ iata, name: iata, cityName: iata, country: 'ES', timeZone: 'Europe/Madrid' });

function segment(carrier: string, departure: string, minutes: number, checked = 1): FlightSegment {
  const code = { iata: carrier, name: carrier };
  const departureAt = `2027-01-10T${departure}:00.000Z`;
  const local = `2027-01-10T${departure}:00`;
  return {
    marketingCarrier: code,
    operatingCarrier: code,
    flightNumber: '1',
    aircraft: null,
    origin: place('MAD'),
    destination: place('JFK'),
    originTerminal: null,
    destinationTerminal: null,
    departureLocal: local,
    arrivalLocal: local,
    departureAt,
    arrivalAt: departureAt,
    durationMinutes: minutes,
    cabin: 'economy',
    bags: { carryOn: 1, checked },
  };
}

function priced(
  n: number,
  total: number,
  segments: FlightSegment[],
  refund: FlightOffer['conditions']['refund'] = { status: 'unknown' },
): PricedFlight {
  const durationMinutes = segments.reduce((sum, one) => sum + one.durationMinutes, 0);
  const offer: FlightOffer = {
    product: 'flight',
    supplier: 'x',
    supplierOfferId: `o${n}`,
    supplierSearchId: 's',
    net: { base: total, taxes: 0, total, currency: 'EUR' },
    expiresAt: '2027-01-01T00:00:00.000Z',
    slices: [{ origin: place('MAD'), destination: place('JFK'), durationMinutes, fareBrand: null, segments }],
    passengers: [{ type: 'adult', supplierPassengerId: 'p' }],
    conditions: { change: { status: 'unknown' }, refund },
    documentsRequired: false,
    documentsAccepted: false,
    holdAllowed: false,
    emissionsKg: null,
  };
  return {
    n,
    offer,
    price: { total, currency: 'EUR', own: { buyPrice: 1, markup: 1, commission: 1, sellPrice: total } },
  };
}

const rows = [
  priced(0, 300, [segment('IB', '12:00', 500)], { status: 'allowed', fee: null }),
  priced(1, 200, [segment('UX', '06:30', 400, 0), segment('DL', '10:00', 500)]),
  priced(2, 900, [segment('IB', '23:10', 480)]),
];
const query = (over: object = {}) => FlightResultsQuery.parse(over);
const ids = (list: PricedFlight[]) => list.map((row) => row.n);

describe('flight results', () => {
  it('filters by stops, carrier, price, refund, bag and hour of departure', () => {
    expect(ids(filterFlights(rows, query({ maxStops: '0' })))).toEqual([0, 2]);
    expect(ids(filterFlights(rows, query({ carriers: 'DL' })))).toEqual([1]);
    expect(ids(filterFlights(rows, query({ maxPrice: '300' })))).toEqual([0, 1]);
    expect(ids(filterFlights(rows, query({ refundable: 'true' })))).toEqual([0]);
    expect(ids(filterFlights(rows, query({ checkedBag: 'true' })))).toEqual([0, 2]);
    expect(ids(filterFlights(rows, query({ departFrom: '360', departTo: '780' })))).toEqual([0, 1]);
    expect(ids(filterFlights(rows, query({ departFrom: '1320', departTo: '420' })))).toEqual([1, 2]);
  });

  it('sorts by price, time, departure and by the best of both', () => {
    expect(ids(sortFlights(rows, 'price'))).toEqual([1, 0, 2]);
    expect(ids(sortFlights(rows, 'duration'))).toEqual([2, 0, 1]);
    expect(ids(sortFlights(rows, 'departure'))).toEqual([1, 0, 2]);
    expect(ids(sortFlights(rows, 'best'))).toEqual([0, 1, 2]);
    expect(sortFlights([], 'best')).toEqual([]);
  });

  it('counts facets with their lowest prices; the strictest segment decides about bags', () => {
    expect(countFlightFacets(rows)).toMatchObject({
      stops: [
        { value: 0, count: 2, from: 300 },
        { value: 1, count: 1, from: 200 },
      ],
      price: { min: 200, max: 900 },
    });
    expect(countFlightFacets([]).price).toBeNull();
    expect(bagsOf(rows[1]!.offer)).toEqual({ carryOn: 1, checked: 0 });
  });

  it('leads from an expired offer back to its search', () => {
    expect(searchAgainLink(rows[0]!.offer)).toBe('/flights?from=MAD&to=JFK&depart=2027-01-10&adults=1&cabin=economy');
  });
});

describe('hotel results', () => {
  const option = (total: number, board: 'room_only' | 'breakfast', freeCancellation: boolean) => ({
    net: { base: total, taxes: 0, total, currency: 'EUR' },
    board,
    freeCancellation,
    price: { total, currency: 'EUR', own: { buyPrice: 1, markup: 1, commission: 1, sellPrice: total } },
  });
  const hotel = { stars: 4, reviewScore: 8 } as PricedHotel['hotel'];
  const hotels: PricedHotel[] = [
    { n: 0, hotel, options: [option(100, 'room_only', false), option(130, 'breakfast', true)], distanceKm: 1 },
  ];

  it('shows a hotel by the cheapest rate that passes the filter', () => {
    const read = (over: object) =>
      chooseRates(hotels, HotelResultsQuery.parse(over)).map((row) => row.option.price.total);
    expect(read({})).toEqual([100]);
    expect(read({ board: 'breakfast' })).toEqual([130]);
    expect(read({ refundable: 'true', maxPrice: '120' })).toEqual([]);
    expect(countHotelFacets(hotels)).toMatchObject({ stars: [{ value: 4, count: 1 }], price: { min: 100, max: 130 } });
  });

  it('measures the way to the centre', () => {
    expect(
      distanceKm({ latitude: 40.4168, longitude: -3.7038 }, { latitude: 41.9028, longitude: 12.4964 }),
    ).toBeCloseTo(1365, -1);
  });
});

describe("refund in the customer's terms", () => {
  it('is all of all, nothing of nothing, and in proportion between', () => {
    expect(scaleRefund(20_000, 20_000, 23_970)).toBe(23_970);
    expect(scaleRefund(0, 20_000, 23_970)).toBe(0);
    expect(scaleRefund(12_000, 20_000, 23_970)).toBe(14_382);
  });
});
