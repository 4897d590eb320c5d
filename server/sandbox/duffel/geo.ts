interface Point {
  latitude: number;
  longitude: number;
}

/** Great-circle distance in kilometres on the mean sphere. */
export function distanceKm(a: Point, b: Point): number {
  const radians = Math.PI / 180;
  const dLat = (b.latitude - a.latitude) * radians;
  const dLon = (b.longitude - a.longitude) * radians;
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Degrees flown towards the east (negative: west), the short way round. */
export const eastwardDegrees = (from: Point, to: Point): number => ((to.longitude - from.longitude + 540) % 360) - 180;

/** Gate-to-gate minutes in steps of five: slower against the prevailing wind on long westbound flights. */
export function blockMinutes(from: Point, to: Point): number {
  const km = distanceKm(from, to);
  const east = eastwardDegrees(from, to);
  const speed = km < 3000 || Math.abs(east) < 25 ? 800 : east < 0 ? 750 : 880;
  return Math.round(((0.6 + km / speed) * 60) / 5) * 5;
}
