import { describe, expect, it } from 'vitest';
import {
  airlineByCode,
  airlines,
  airports,
  cities,
  countries,
  currencyExponent,
  describePlace,
  expandPlace,
  findAirport,
  findCity,
  searchPlaces,
  suggestPlace,
} from './index.ts';

/** Read off published airport charts, not off the data. */
const checkedByHand: readonly (readonly [string, number, number, string])[] = [
  ['MAD', 40.4719, -3.5626, 'Europe/Madrid'],
  ['JFK', 40.6398, -73.7789, 'America/New_York'],
  ['LHR', 51.4775, -0.4614, 'Europe/London'],
  ['HND', 35.5533, 139.7811, 'Asia/Tokyo'],
  ['GRU', -23.4356, -46.4731, 'America/Sao_Paulo'],
  ['BER', 52.3667, 13.5033, 'Europe/Berlin'],
  ['IST', 41.2619, 28.7419, 'Europe/Istanbul'],
  ['NBO', -1.3192, 36.9278, 'Africa/Nairobi'],
  ['SYD', -33.9461, 151.1772, 'Australia/Sydney'],
  ['YYZ', 43.6767, -79.6306, 'America/Toronto'],
];

function kilometres(a: { latitude: number; longitude: number }, latitude: number, longitude: number): number {
  const x = (longitude - a.longitude) * Math.cos((latitude * Math.PI) / 180) * 111.32;
  return Math.hypot(x, (latitude - a.latitude) * 111.32);
}

describe('airports', () => {
  it.each(checkedByHand)('%s lies where the chart says, in the right zone', (iata, latitude, longitude, timeZone) => {
    const airport = findAirport(iata);
    expect(airport && kilometres(airport, latitude, longitude)).toBeLessThan(3);
    expect(airport?.timeZone).toBe(timeZone);
  });

  it('have unique codes, zones the runtime knows and coordinates on Earth', () => {
    const all = airports();
    expect(all.length).toBeGreaterThan(3000);
    expect(new Set(all.map((row) => row.iata)).size).toBe(all.length);
    for (const zone of new Set(all.map((row) => row.timeZone)))
      expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
    expect(all.every((row) => Math.abs(row.latitude) <= 90 && Math.abs(row.longitude) <= 180)).toBe(true);
  });

  it('leave out closed airports and include new ones', () => {
    for (const closed of ['TXL', 'SXF', 'THF', 'ISL']) expect(findAirport(closed)).toBeUndefined();
    for (const opened of ['KTI', 'NMI', 'BER', 'IST', 'OVD']) expect(findAirport(opened)).toBeDefined();
  });

  it('expand metro codes, main airport first', () => {
    expect(expandPlace('LON').map((row) => row.iata)).toEqual(['LHR', 'LGW', 'STN', 'LTN', 'LCY', 'SEN']);
    expect(expandPlace('nyc').map((row) => row.iata)).toEqual(['JFK', 'EWR', 'LGA']);
    expect(expandPlace('LHR').map((row) => row.iata)).toEqual(['LHR']);
    expect(expandPlace('XXX')).toEqual([]);
  });

  it('point at existing cities and hubs', () => {
    for (const city of cities())
      expect(
        city.airports.every((iata) => findAirport(iata)),
        city.code,
      ).toBe(true);
    for (const carrier of airlines())
      expect(
        carrier.hubs.every((iata) => findAirport(iata)),
        carrier.iata,
      ).toBe(true);
    expect(findCity('ROM')).toMatchObject({ name: 'Rome', nameEs: 'Roma', hasStays: true, timeZone: 'Europe/Rome' });
    expect(airlineByCode('zz')?.name).toBe('Sandbox Airways');
  });
});

describe('place search', () => {
  const codes = (query: string, locale: 'en' | 'es' = 'en') =>
    searchPlaces(query, locale, 5).map((place) => place.code);

  it.each([
    ['MAD', 'MAD'],
    ['lon', 'LON'],
    ['londres', 'LON'],
    ['nueva york', 'NYC'],
    ['sao paulo', 'SAO'],
    ['Málaga', 'AGP'],
    ['malaga', 'AGP'],
    ['barajas', 'MAD'],
    ['heathrow', 'LHR'],
    ['valencia', 'VLC'],
    ['barcelna', 'BCN'],
    ['amsterdm', 'AMS'],
    ['kopenhagen', 'CPH'],
    ['dusseldorf', 'DUS'],
  ])('answers %s with %s first', (query, expected) => {
    expect(codes(query, 'es')[0]).toBe(expected);
  });

  it("speaks the reader's language", () => {
    expect(searchPlaces('roma', 'es', 1)[0]).toMatchObject({ type: 'city', cityName: 'Roma', countryName: 'Italia' });
    expect(searchPlaces('roma', 'en', 1)[0]).toMatchObject({ cityName: 'Rome', countryName: 'Italy' });
    expect(describePlace('JFK', 'es')).toMatchObject({ cityName: 'Nueva York', cityCode: 'NYC' });
  });

  it('limits stays to cities that have them', () => {
    expect(searchPlaces('madrid', 'es', 3, 'stays').map((place) => place.code)).toEqual(['MAD']);
    expect(searchPlaces('heathrow', 'en', 3, 'stays')).toEqual([]);
  });

  it('answers within a millisecond once warm', () => {
    searchPlaces('warm up');
    const queries = ['mad', 'new y', 'barcelna', 'san', 'aeropuerto', 'int'];
    const started = performance.now();
    for (let round = 0; round < 50; round += 1) for (const query of queries) searchPlaces(query, 'es', 8);
    expect((performance.now() - started) / 300).toBeLessThan(3);
  });

  it('guesses what an unknown code meant', () => {
    expect(suggestPlace('TXL')?.code).toBe('BER');
    expect(suggestPlace('MAX')?.code).toBeDefined();
    expect(findAirport(suggestPlace('JFX')?.code ?? '')).toBeDefined();
  });
});

describe('currencies and countries', () => {
  it('follow ISO 4217, not the locale data of the runtime', () => {
    expect(['EUR', 'JPY', 'KWD', 'HUF', 'IDR', 'IQD', 'CLP', 'ISK'].map(currencyExponent)).toEqual([
      2, 0, 3, 2, 2, 3, 0, 0,
    ]);
    for (const gone of ['BGN', 'HRK', 'eur', 'XAU']) expect(() => currencyExponent(gone)).toThrow(RangeError);
  });

  it('name countries in both languages', () => {
    expect(countries().find((row) => row.iso2 === 'ES')).toEqual({
      iso2: 'ES',
      name: 'Spain',
      nameEs: 'España',
      currency: 'EUR',
      phone: ['34'],
    });
  });
});
