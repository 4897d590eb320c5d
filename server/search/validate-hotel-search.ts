import { describePlace, findCity, type ReferenceLocale } from '../reference/index.ts';
import { daysBetween, localDay } from '../suppliers/index.ts';
import type { HotelSearchCreate } from './schema.ts';
import { unknownPlace, type SearchFault } from './validate-flight-search.ts';

const LONGEST_STAY = 30;
/** Hotels open their books a little later than airlines. */
const FURTHEST_STAY_DAYS = 330;

/** Where hotels are looked for; `timeZone` is UTC for bare coordinates. */
export interface StayCentre {
  label: string;
  latitude: number;
  longitude: number;
  radiusKm: number;
  timeZone: string;
}

/** Distance from a city's middle within which its hotels lie. */
const CITY_RADIUS_KM = 15;

export function locateStay(near: HotelSearchCreate['near'], locale: ReferenceLocale): StayCentre | null {
  if (typeof near !== 'string')
    return {
      label: `${near.latitude.toFixed(3)}, ${near.longitude.toFixed(3)}`,
      latitude: near.latitude,
      longitude: near.longitude,
      radiusKm: near.radiusKm,
      timeZone: 'UTC',
    };
  const place = findStayPlace(near, locale);
  return (
    place && {
      label: place.cityName || place.name,
      latitude: place.latitude,
      longitude: place.longitude,
      radiusKm: CITY_RADIUS_KM,
      timeZone: place.timeZone,
    }
  );
}

/** Every fault at once; none when the search may go out. Pure. */
export function validateHotelSearch(
  input: HotelSearchCreate,
  now: Date,
  locale: ReferenceLocale = 'en',
): SearchFault[] {
  const faults: SearchFault[] = [];
  const centre = locateStay(input.near, locale);
  if (!centre && typeof input.near === 'string') faults.push(unknownPlace(input.near, '/near', locale));
  // Without a zone of its own a place may be half a day behind UTC.
  const today =
    centre && centre.timeZone !== 'UTC'
      ? localDay(now, centre.timeZone)
      : localDay(new Date(now.getTime() - 12 * 3_600_000), 'UTC');
  const nights = daysBetween(input.checkIn, input.checkOut);
  if (input.checkIn < today)
    faults.push({
      pointer: '/checkIn',
      code: 'in_past',
      detail: `checkIn: ${input.checkIn} is past; it is ${today} there`,
    });
  else if (daysBetween(today, input.checkIn) > FURTHEST_STAY_DAYS)
    faults.push({
      pointer: '/checkIn',
      code: 'too_far',
      detail: `checkIn: stays are sold at most ${FURTHEST_STAY_DAYS} days ahead`,
    });
  if (nights <= 0)
    faults.push({ pointer: '/checkOut', code: 'before_check_in', detail: 'checkOut: must be after check-in' });
  else if (nights > LONGEST_STAY)
    faults.push({
      pointer: '/checkOut',
      code: 'too_long',
      detail: `checkOut: at most ${LONGEST_STAY} nights can be booked at once`,
    });
  return faults;
}

/** Hotels are asked for by city: a code that is both (MAD) means the city's middle, not the runway. */
function findStayPlace(code: string, locale: ReferenceLocale) {
  const place = describePlace(code, locale);
  if (!place) return null;
  const city = findCity(place.cityCode);
  return city ? { ...place, latitude: city.latitude, longitude: city.longitude, timeZone: city.timeZone } : place;
}
