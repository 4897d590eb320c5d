import {
  aircraft,
  airlines,
  airports,
  countryByCode,
  expandPlace,
  findAirport,
  searchPlaces,
} from '../../reference/index.ts';
import type { PlaceMatch } from '../../reference/index.ts';
import type { SandboxContext } from './context.ts';
import { notFound, paginate } from './envelope.ts';
import { distanceKm } from './geo.ts';
import { presentAircraft, presentAirline, presentAirport, presentCity } from './reference-wire.ts';
import type { Reply, SandboxRequest } from './router.ts';
import type { Places } from './wire.ts';

function presentPlace(place: PlaceMatch): Places {
  const airport = place.type === 'airport' ? findAirport(place.code) : undefined;
  if (airport) {
    const wire = presentAirport(airport);
    return {
      ...wire,
      iata_code: airport.iata,
      icao_code: airport.icao,
      country_name: countryByCode(airport.country)?.name ?? null,
      airports: null,
    };
  }
  return {
    ...presentCity(place.code, place.name, place.country),
    icao_code: null,
    iata_city_code: place.code,
    country_name: place.countryName,
    city_name: null,
    city: null,
    latitude: null,
    longitude: null,
    time_zone: null,
    airports: expandPlace(place.code).map(presentAirport),
  };
}

/** Cities and airports by name, or airports around a point (`rad` in metres). */
export function suggestPlaces(_ctx: SandboxContext, request: SandboxRequest): Reply {
  const { query } = request;
  const [latitude, longitude] = [Number(query.get('lat')), Number(query.get('lng'))];
  if (query.get('lat') !== null && query.get('lng') !== null) {
    const radius = Number(query.get('rad') ?? 100_000) / 1000;
    const near = airports()
      .map((airport) => ({ airport, km: distanceKm(airport, { latitude, longitude }) }))
      .filter(({ km }) => km <= radius)
      .sort((a, b) => a.km - b.km)
      .slice(0, 20);
    return { data: near.flatMap(({ airport }) => searchPlaces(airport.iata, 'en', 1).map(presentPlace)) };
  }
  return { data: searchPlaces(query.get('query') ?? query.get('name') ?? '', 'en', 20).map(presentPlace) };
}

const airportRows = () => airports().map(presentAirport);
const airlineRows = () => airlines().map(presentAirline);
const aircraftRows = () => aircraft().map(presentAircraft);

function listOf<T extends { id: string }>(rows: () => T[]) {
  return (_ctx: SandboxContext, request: SandboxRequest): Reply => paginate(rows(), request.query);
}

function oneOf<T extends { id: string }>(rows: () => T[], what: string) {
  return (_ctx: SandboxContext, request: SandboxRequest): Reply => {
    const row = rows().find((candidate) => candidate.id === request.params['id']);
    if (!row) throw notFound(what);
    return { data: row };
  };
}

export const listAirports = listOf(airportRows);
export const getAirport = oneOf(airportRows, 'airport');
export const listAirlines = listOf(airlineRows);
export const getAirline = oneOf(airlineRows, 'airline');
export const listAircraft = listOf(aircraftRows);
export const getAircraft = oneOf(aircraftRows, 'aircraft');
