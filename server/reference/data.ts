import { existsSync, readFileSync } from 'node:fs';
import type {
  AircraftRecord,
  AirlineRecord,
  AirportRecord,
  CityRecord,
  CountryRecord,
  CurrencyRecord,
} from './types.ts';

/** The seeds stay where they are in a build (`dist/` sits one level deeper), so look upwards for them. */
function findSeedFile(name: string): URL {
  for (const up of ['../../', '../../../', '../../../../']) {
    const candidate = new URL(`${up}db/seeds/reference/${name}.json`, import.meta.url);
    if (existsSync(candidate)) return candidate;
  }
  throw new Error(
    `Reference file db/seeds/reference/${name}.json is missing; run: npx tsx db/seeds/reference/generate.ts`,
  );
}

function readOnce<T>(name: string): () => readonly T[] {
  let rows: readonly T[] | undefined;
  return () => (rows ??= JSON.parse(readFileSync(findSeedFile(name), 'utf8')) as T[]);
}

function indexOnce<T>(rows: () => readonly T[], key: (row: T) => string): () => ReadonlyMap<string, T> {
  let index: Map<string, T> | undefined;
  return () => (index ??= new Map(rows().map((row) => [key(row), row])));
}

export const readAirports = readOnce<AirportRecord>('airports');
export const readCities = readOnce<CityRecord>('cities');
export const readAirlines = readOnce<AirlineRecord>('airlines');
export const readAircraft = readOnce<AircraftRecord>('aircraft');
export const readCountries = readOnce<CountryRecord>('countries');
export const readCurrencies = readOnce<CurrencyRecord>('currencies');

export const airportsByCode = indexOnce(readAirports, (row) => row.iata);
export const citiesByCode = indexOnce(readCities, (row) => row.code);
export const airlinesByCode = indexOnce(readAirlines, (row) => row.iata);
export const aircraftByCode = indexOnce(readAircraft, (row) => row.iata);
export const countriesByCode = indexOnce(readCountries, (row) => row.iso2);
export const currenciesByCode = indexOnce(readCurrencies, (row) => row.code);
