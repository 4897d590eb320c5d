import { airportsByCode, citiesByCode, countriesByCode, readAirports, readCities } from './data.ts';
import { normaliseText } from './normalise-text.ts';
import type { AirportRecord, CityRecord, PlaceMatch, ReferenceLocale } from './types.ts';

export type PlacePurpose = 'flights' | 'stays';

interface IndexedPlace {
  code: string;
  city: CityRecord | undefined;
  airport: AirportRecord | undefined;
  weight: number;
  terms: readonly string[];
}
interface PlaceIndex {
  places: readonly IndexedPlace[];
  byCode: ReadonlyMap<string, readonly number[]>;
  /** Sorted [word-initial suffix of a term, place]; a prefix is found by binary search. */
  starts: readonly (readonly [string, number, number])[];
  trigrams: ReadonlyMap<string, readonly number[]>;
}

const sizeWeight = { large: 3, medium: 1, small: 0 } as const;
const indexes = new Map<PlacePurpose, PlaceIndex>();

function cityTerms(city: CityRecord): string[] {
  return [...new Set([city.name, city.nameEs].map(normaliseText))];
}

function collectPlaces(purpose: PlacePurpose): IndexedPlace[] {
  const cities = readCities().filter((city) =>
    purpose === 'stays' ? city.hasStays : city.airports.length > 1 && !airportsByCode().has(city.code),
  );
  const places: IndexedPlace[] = cities.map((city) => ({
    code: city.code,
    city,
    airport: undefined,
    weight: 7,
    terms: cityTerms(city),
  }));
  if (purpose === 'stays') return places;
  for (const airport of readAirports()) {
    const city = citiesByCode().get(airport.cityCode);
    const isMain = city?.airports[0] === airport.iata;
    const terms = [
      ...new Set([...(city ? cityTerms(city) : []), normaliseText(airport.cityName), normaliseText(airport.name)]),
    ];
    places.push({
      code: airport.iata,
      city,
      airport,
      weight: sizeWeight[airport.size] + (city?.hasStays ? 2 : 0) + (isMain ? 1 : 0),
      terms,
    });
  }
  return places;
}

function trigramsOf(text: string): Set<string> {
  const padded = ` ${text} `;
  const found = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at += 1) found.add(padded.slice(at, at + 3));
  return found;
}

function buildIndex(purpose: PlacePurpose): PlaceIndex {
  const places = collectPlaces(purpose);
  const byCode = new Map<string, number[]>();
  const starts: (readonly [string, number, number])[] = [];
  const trigrams = new Map<string, number[]>();
  const push = (map: Map<string, number[]>, key: string, value: number) => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  places.forEach((place, id) => {
    push(byCode, place.code.toLowerCase(), id);
    for (const term of place.terms) {
      const words = term.split(' ');
      words.forEach((_, at) => starts.push([words.slice(at).join(' '), id, at]));
    }
    for (const gram of new Set(place.terms.flatMap((term) => [...trigramsOf(term)]))) push(trigrams, gram, id);
  });
  starts.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return { places, byCode, starts, trigrams };
}

function indexFor(purpose: PlacePurpose): PlaceIndex {
  let index = indexes.get(purpose);
  if (!index) indexes.set(purpose, (index = buildIndex(purpose)));
  return index;
}

function scorePrefixes(index: PlaceIndex, query: string, scores: Map<number, number>): void {
  let low = 0;
  let high = index.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((index.starts[middle]?.[0] ?? '') < query) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < index.starts.length; at += 1) {
    const [term, id, word] = index.starts[at] as readonly [string, number, number];
    if (!term.startsWith(query)) break;
    const place = index.places[id] as IndexedPlace;
    const isCityName = place.terms.indexOf(term) < place.terms.length - (place.airport ? 1 : 0);
    const score = (word === 0 && isCityName ? 50 : 30) + (term === query ? 20 : 0) + place.weight;
    if (score > (scores.get(id) ?? 0)) scores.set(id, score);
  }
}

/** Typing mistakes: places sharing enough trigrams with the query, best Dice coefficient of any of their names. */
function scoreTypos(index: PlaceIndex, query: string, scores: Map<number, number>): void {
  const wanted = trigramsOf(query);
  const shared = new Map<number, number>();
  for (const gram of wanted) for (const id of index.trigrams.get(gram) ?? []) shared.set(id, (shared.get(id) ?? 0) + 1);
  const least = Math.max(2, Math.floor(wanted.size * 0.3));
  for (const [id, count] of shared) {
    if (count < least || scores.has(id)) continue;
    const place = index.places[id] as IndexedPlace;
    let best = 0;
    for (const term of place.terms) {
      const grams = trigramsOf(term);
      let common = 0;
      for (const gram of grams) if (wanted.has(gram)) common += 1;
      best = Math.max(best, (2 * common) / (grams.size + wanted.size));
    }
    if (best >= 0.4) scores.set(id, best * 25 + place.weight / 2);
  }
}

export function presentPlace(
  airport: AirportRecord | undefined,
  city: CityRecord | undefined,
  locale: ReferenceLocale,
): PlaceMatch {
  const record = (airport ?? city) as AirportRecord | CityRecord;
  const country = countriesByCode().get(record.country);
  const cityName = (locale === 'es' ? city?.nameEs : city?.name) ?? airport?.cityName ?? '';
  return {
    type: airport ? 'airport' : 'city',
    code: airport?.iata ?? city?.code ?? '',
    name: airport?.name ?? cityName,
    cityName,
    cityCode: airport?.cityCode ?? city?.code ?? '',
    country: record.country,
    countryName: (locale === 'es' ? country?.nameEs : country?.name) ?? record.country,
    latitude: record.latitude,
    longitude: record.longitude,
    timeZone: record.timeZone,
    airports: airport ? [airport.iata] : [...(city?.airports ?? [])],
  };
}

export function searchPlaceIndex(
  text: string,
  locale: ReferenceLocale,
  limit: number,
  purpose: PlacePurpose,
): PlaceMatch[] {
  const query = normaliseText(text);
  if (query.length < 2) return [];
  const index = indexFor(purpose);
  const scores = new Map<number, number>();
  scorePrefixes(index, query, scores);
  if (scores.size < 3 && query.length >= 4) scoreTypos(index, query, scores);
  for (const id of index.byCode.get(query) ?? []) scores.set(id, 100 + (index.places[id]?.airport ? 0 : 5));
  return [...scores]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, limit)
    .map(([id]) => {
      const place = index.places[id] as IndexedPlace;
      return presentPlace(place.airport, place.city, locale);
    });
}

const successors: Readonly<Record<string, string>> = { TXL: 'BER', SXF: 'BER', THF: 'BER', ISL: 'IST' };

/** The known place most likely meant by a code nobody flies to: its successor, else a large airport one letter away, else a name match. */
export function suggestForCode(unknownCode: string, locale: ReferenceLocale): PlaceMatch | null {
  const code = unknownCode.trim().toUpperCase();
  const successor = airportsByCode().get(successors[code] ?? '');
  if (successor) return presentPlace(successor, citiesByCode().get(successor.cityCode), locale);
  const differs = (other: string): number => [...other].filter((letter, at) => letter !== code[at]).length;
  const near =
    code.length === 3
      ? readAirports().filter((airport) => airport.size === 'large' && differs(airport.iata) === 1)
      : [];
  const best = near.find((airport) => citiesByCode().get(airport.cityCode)?.hasStays) ?? near[0];
  if (best) return presentPlace(best, citiesByCode().get(best.cityCode), locale);
  return searchPlaceIndex(unknownCode, locale, 1, 'flights')[0] ?? null;
}
