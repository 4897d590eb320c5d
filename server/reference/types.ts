/** An airport with scheduled service. `timeZone` is an IANA zone; coordinates are WGS 84 degrees; `cityCode` is the metro code (LON) or the airport's own code. */
export interface AirportRecord {
  iata: string;
  icao: string | null;
  name: string;
  cityName: string;
  cityCode: string;
  country: string;
  latitude: number;
  longitude: number;
  timeZone: string;
  size: 'large' | 'medium' | 'small';
}

/** A metropolitan area, or a city with stays. `airports` lists the main one first. */
export interface CityRecord {
  code: string;
  name: string;
  nameEs: string;
  country: string;
  latitude: number;
  longitude: number;
  timeZone: string;
  airports: string[];
  hasStays: boolean;
}

export interface AirlineRecord {
  iata: string;
  icao: string | null;
  ticketingCode: string | null;
  name: string;
  country: string;
  hubs: string[];
  alliance: 'oneworld' | 'star' | 'skyteam' | null;
  kind: 'full' | 'regional' | 'low_cost' | 'low_cost_long_haul';
}

export interface AircraftRecord {
  iata: string;
  name: string;
  rangeKm: number;
  seats: number;
  body: 'regional' | 'narrow' | 'wide';
  gramsPerSeatKm: number;
}

export interface CountryRecord {
  iso2: string;
  name: string;
  nameEs: string;
  currency: string | null;
  phone: string[];
}

/** ISO 4217: `exponent` is the number of decimals of the minor unit (JPY 0, EUR 2, KWD 3). */
export interface CurrencyRecord {
  code: string;
  exponent: number;
  name: string;
}

export type ReferenceLocale = 'en' | 'es';

/** A search hit, ready to show: a city groups its airports, an airport stands alone. */
export interface PlaceMatch {
  type: 'city' | 'airport';
  code: string;
  name: string;
  cityName: string;
  cityCode: string;
  country: string;
  countryName: string;
  latitude: number;
  longitude: number;
  timeZone: string;
  airports: string[];
}
