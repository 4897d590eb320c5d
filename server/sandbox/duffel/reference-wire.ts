import type { AircraftRecord, AirlineRecord, AirportRecord } from '../../reference/index.ts';
import { describePlace, expandPlace } from '../../reference/index.ts';
import type { Aircraft, Airline, Airport, City, Place } from './wire.ts';

export function presentCity(code: string, name: string, country: string): City {
  return {
    type: 'city',
    id: `cit_${code.toLowerCase()}_${country.toLowerCase()}`,
    iata_code: code,
    iata_country_code: country,
    name,
  };
}

export function presentAirport(airport: AirportRecord): Airport {
  return {
    type: 'airport',
    id: `arp_${airport.iata.toLowerCase()}_${airport.country.toLowerCase()}`,
    iata_code: airport.iata,
    icao_code: airport.icao ?? '',
    iata_country_code: airport.country,
    iata_city_code: airport.cityCode,
    city_name: airport.cityName,
    city: presentCity(airport.cityCode, airport.cityName, airport.country),
    name: airport.name,
    latitude: airport.latitude,
    longitude: airport.longitude,
    time_zone: airport.timeZone,
  };
}

/** The client's `Place` asks every place to be both airport and city; the wire sends one of them. */
export const asPlace = (place: Airport | City): Place => place;

/** An airport or a metropolitan area, as the caller named it. */
export function presentPlaceCode(code: string): Place {
  const [first] = expandPlace(code);
  if (first && first.iata === code) return asPlace(presentAirport(first));
  const city = describePlace(code);
  return asPlace({
    ...presentCity(code, city?.name ?? code, city?.country ?? ''),
    airports: expandPlace(code).map(presentAirport),
  });
}

export const presentAirline = (airline: AirlineRecord): Airline => ({
  id: airline.iata === 'ZZ' ? 'arl_sandbox_zz' : `arl_${airline.iata.toLowerCase()}`,
  name: airline.name,
  iata_code: airline.iata,
  logo_symbol_url: null,
  logo_lockup_url: null,
  conditions_of_carriage_url: null,
});

export const presentAircraft = (type: AircraftRecord): Aircraft => ({
  id: `arc_${type.iata.toLowerCase()}`,
  iata_code: type.iata,
  name: type.name,
});
