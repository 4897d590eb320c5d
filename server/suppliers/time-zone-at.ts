import { airports } from '../reference/index.ts';

const known = new Map<string, string>();

/**
 * IANA zone of a place that comes without one (a hotel): that of the nearest airport with scheduled service. Exact wherever people
 * fly to; remembered by a grid of about a kilometre.
 */
export function timeZoneAt(latitude: number, longitude: number): string {
  const cell = `${latitude.toFixed(2)},${longitude.toFixed(2)}`;
  const hit = known.get(cell);
  if (hit) return hit;
  const shrink = Math.cos((latitude * Math.PI) / 180);
  let best = 'UTC';
  let nearest = Infinity;
  for (const airport of airports()) {
    const north = airport.latitude - latitude;
    const around = Math.abs(airport.longitude - longitude);
    const east = Math.min(around, 360 - around) * shrink;
    const distance = north * north + east * east;
    if (distance < nearest) {
      nearest = distance;
      best = airport.timeZone;
    }
  }
  known.set(cell, best);
  return best;
}
