/**
 * Read-only reference data: airports, cities, airlines, aircraft, countries, currencies. Loaded on first use from
 * db/seeds/reference (sources and licences: docs/data.md) and kept in memory; every look-up is synchronous.
 */
import {
  aircraftByCode,
  airlinesByCode,
  airportsByCode,
  citiesByCode,
  countriesByCode,
  currenciesByCode,
  readAircraft,
  readAirlines,
  readAirports,
  readCities,
  readCountries,
  readCurrencies,
} from './data.ts';
import { presentPlace, searchPlaceIndex, suggestForCode } from './place-search.ts';
import type { PlacePurpose } from './place-search.ts';
import type {
  AircraftRecord,
  AirlineRecord,
  AirportRecord,
  CityRecord,
  CountryRecord,
  CurrencyRecord,
  PlaceMatch,
  ReferenceLocale,
} from './types.ts';

export type * from './types.ts';
export type { PlacePurpose } from './place-search.ts';
export { normaliseText } from './normalise-text.ts';

/** The airport with this IATA code (any case), or undefined when it is unknown or has no scheduled service. */
export const findAirport = (iata: string): AirportRecord | undefined => airportsByCode().get(iata.toUpperCase());

/** A metropolitan area (LON) or a city with stays (MAD). Most single-airport cities have no record of their own. */
export const findCity = (code: string): CityRecord | undefined => citiesByCode().get(code.toUpperCase());

/** The airports a code stands for: the airport itself, else all of a metro code's, main one first; empty when unknown. A code that is both (LAX, IST) means the airport, so nobody lands elsewhere than asked. */
export function expandPlace(code: string): AirportRecord[] {
  const airport = findAirport(code);
  if (airport) return [airport];
  return (findCity(code)?.airports ?? []).flatMap((iata) => findAirport(iata) ?? []);
}

/** The place behind a code as shown to people, read as `expandPlace` reads it; null when unknown. */
export function describePlace(code: string, locale: ReferenceLocale = 'en'): PlaceMatch | null {
  const airport = findAirport(code);
  if (airport) return presentPlace(airport, findCity(airport.cityCode), locale);
  const city = findCity(code);
  return city ? presentPlace(undefined, city, locale) : null;
}

/**
 * Places for an auto-complete field: accent-insensitive, forgiving of typing mistakes, in English or Spanish.
 * Order: exact code, names beginning with the query, words beginning with it, near misses; larger airports first.
 * `purpose` "stays" answers only cities where stays can be searched. Queries under two characters answer nothing.
 */
export const searchPlaces = (
  query: string,
  locale: ReferenceLocale = 'en',
  limit = 8,
  purpose: PlacePurpose = 'flights',
): PlaceMatch[] => searchPlaceIndex(query, locale, limit, purpose);

/** What was probably meant by an unknown code, or null: TXL answers BER. */
export const suggestPlace = (unknownCode: string, locale: ReferenceLocale = 'en'): PlaceMatch | null =>
  suggestForCode(unknownCode, locale);

export const airports = (): readonly AirportRecord[] => readAirports();
export const cities = (): readonly CityRecord[] => readCities();
export const airlines = (): readonly AirlineRecord[] => readAirlines();
export const aircraft = (): readonly AircraftRecord[] => readAircraft();
export const countries = (): readonly CountryRecord[] => readCountries();
export const currencies = (): readonly CurrencyRecord[] => readCurrencies();

export const airlineByCode = (iata: string): AirlineRecord | undefined => airlinesByCode().get(iata.toUpperCase());
export const aircraftByType = (iata: string): AircraftRecord | undefined => aircraftByCode().get(iata.toUpperCase());
export const countryByCode = (iso2: string): CountryRecord | undefined => countriesByCode().get(iso2.toUpperCase());

/** Decimals of a currency's minor unit by ISO 4217 (JPY 0, EUR 2, KWD 3). Throws a RangeError on an unknown or withdrawn code. */
export function currencyExponent(code: string): number {
  const currency = currenciesByCode().get(code);
  if (!currency)
    throw new RangeError(
      `Currency "${code}" is not an active ISO 4217 code; use one of db/seeds/reference/currencies.json.`,
    );
  return currency.exponent;
}
