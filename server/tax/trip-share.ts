import { NOTHING, type Share } from './margin-scheme.ts';
import { UNION } from './vat-rate.ts';

/** Where a part of a trip is performed; a stay begins and ends in one country (ISO 3166). */
export interface TripPart {
  readonly from: string;
  readonly to: string;
}

/** Monaco is treated as France (Directive art. 7). */
const isInside = (country: string): boolean => UNION.has(country) || country === 'MC';

/**
 * The share of a trip that is performed outside the Union, by its parts. One that begins or ends inside counts as inside: to tax too much
 * can be claimed back, to tax too little cannot. Islands that are outside the VAT territory (the Canaries, Åland) count with their country.
 */
export function shareOutside(parts: readonly TripPart[]): Share {
  if (parts.length === 0) return NOTHING;
  return { part: parts.filter(({ from, to }) => !isInside(from) && !isInside(to)).length, of: parts.length };
}
