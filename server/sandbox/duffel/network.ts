import type { AirlineRecord, AirportRecord } from '../../reference/index.ts';
import { distanceKm } from './geo.ts';
import { between, unit } from './hash.ts';

/** Airports that draw long-haul traffic; the rest rank by size. */
const major = new Set(
  (
    'MAD BCN PMI AGP LIS LHR LGW MAN DUB CDG ORY AMS BRU FRA MUC BER DUS ZRH GVA VIE PRG BUD WAW CPH ARN OSL HEL KEF FCO MXP VCE ATH IST SAW SVO CAI CMN RAK TLV AMM DXB AUH DOH JED RUH ' +
    'ADD NBO JNB CPT LOS JFK EWR BOS IAD MIA ATL ORD DFW IAH DEN LAS LAX SFO SEA PHL CLT MSP DTW MCO YYZ YUL YVR MEX CUN PUJ SDQ HAV PTY BOG LIM GRU GIG EZE SCL UIO ' +
    'HND NRT KIX ICN PEK PVG CAN HKG TPE SIN KUL BKK CGK DPS MNL SGN HAN DEL BOM BLR CMB MLE SYD MEL BNE PER AKL'
  ).split(' '),
);

/** City airports with a short runway or a perimeter rule. */
const shortHaulOnly = new Set([
  'LCY',
  'BMA',
  'LIN',
  'LGA',
  'DCA',
  'MDW',
  'DAL',
  'HOU',
  'CGH',
  'SDU',
  'AEP',
  'YTZ',
  'BHD',
  'TSA',
  'GMP',
  'ITM',
  'RKV',
  'CIA',
  'BVA',
]);

/** 3 major, 2 large, 1 medium, 0 small. */
export const tierOf = (airport: AirportRecord): number =>
  major.has(airport.iata) ? 3 : airport.size === 'large' ? 2 : airport.size === 'medium' ? 1 : 0;

const shortHaulOdds = [0.1, 0.35, 0.7, 0.95];
const longHaulOdds = [0, 0.02, 0.15, 0.8];

/** Routes everybody expects, whatever the dice say. */
const expected = new Set(
  [
    ['IB', 'MAD', 'JFK MIA BOS ORD LAX MEX BOG LIM EZE SCL GRU SDQ PTY LHR CDG FCO LIS BIO SVQ LPA TFN AGP PMI'],
    ['UX', 'MAD', 'JFK MIA BOG LIM EZE SDQ LPA TFN PMI CDG'],
    ['VY', 'BCN', 'FCO LGW ORY AMS SVQ AGP PMI BIO LIS'],
    ['BA', 'LHR', 'JFK BOS LAX SFO MIA HKG SIN SYD HND MAD BCN'],
    ['AF', 'CDG', 'JFK LAX HND GRU EZE MAD BCN'],
    ['LH', 'FRA', 'JFK SIN HND GRU EZE MAD BCN'],
    ['TP', 'LIS', 'GRU GIG JFK MAD BCN'],
    ['EK', 'DXB', 'MAD BCN LHR CDG SYD BKK JFK'],
    ['QF', 'SYD', 'LAX SIN LHR HND'],
    ['A3', 'ATH', 'JTR HER SKG'],
    ['AZ', 'FCO', 'JFK MAD BCN LIN'],
  ].flatMap(([carrier = '', hub = '', others = '']) =>
    others.split(' ').map((other) => `${carrier}${hub < other ? hub + other : other + hub}`),
  ),
);

function reachOf(carrier: AirlineRecord): number {
  return carrier.kind === 'low_cost' || carrier.kind === 'regional'
    ? 4600
    : carrier.kind === 'low_cost_long_haul'
      ? 11_500
      : 14_500;
}

function routeOdds(carrier: AirlineRecord, from: AirportRecord, to: AirportRecord, km: number): number {
  const fromHub = carrier.hubs.includes(from.iata);
  const toHub = carrier.hubs.includes(to.iata);
  const domestic = from.country === carrier.country && to.country === carrier.country;
  if (!fromHub && !toHub) return domestic && km > 200 && tierOf(from) + tierOf(to) >= 3 ? 0.15 : 0;
  const touchesHome = from.country === carrier.country || to.country === carrier.country;
  if (!touchesHome && !carrier.kind.startsWith('low_cost')) return 0;
  const spokeTier = fromHub && toHub ? 3 : tierOf(fromHub ? to : from);
  const odds = (km < 4600 ? shortHaulOdds : longHaulOdds)[spokeTier] ?? 0;
  return Math.min(
    0.98,
    odds * (domestic ? 2.4 : 1) * (fromHub && toHub ? 1.4 : 1) * (carrier.kind === 'low_cost' ? 0.75 : 1),
  );
}

/** The sandbox's own carrier joins its hubs with everywhere and other places with each other when plausible, however near: the test routes need it. */
function sandboxFlights(carrier: AirlineRecord, from: AirportRecord, to: AirportRecord, km: number): number {
  const hub = carrier.hubs.includes(from.iata) || carrier.hubs.includes(to.iata);
  const reach = hub ? 14_500 : Math.min(tierOf(from), tierOf(to)) >= 2 ? 12_000 : 3_000;
  return km < 20 || km > reach ? 0 : km < 5000 ? 14 : 7;
}

/**
 * Flights a week in each direction, 0 when the carrier does not fly the route. Gravity: carriers fly from their hubs to
 * large places often, to small ones rarely, within their reach. Symmetric, and the same for a seed for ever.
 */
export function weeklyFlights(seed: string, carrier: AirlineRecord, from: AirportRecord, to: AirportRecord): number {
  const km = distanceKm(from, to);
  if (km > 3_200 && (shortHaulOnly.has(from.iata) || shortHaulOnly.has(to.iata))) return 0;
  if (carrier.iata === 'ZZ') return sandboxFlights(carrier, from, to, km);
  if (km < 75 || km > reachOf(carrier)) return 0;
  const pair = from.iata < to.iata ? `${from.iata}${to.iata}` : `${to.iata}${from.iata}`;
  if (
    !expected.has(`${carrier.iata}${pair}`) &&
    unit(seed, 'route', carrier.iata, pair) >= routeOdds(carrier, from, to, km)
  )
    return 0;
  const tiers = tierOf(from) + tierOf(to);
  const draw = (low: number, high: number): number => between(low, high, seed, 'weekly', carrier.iata, pair);
  if (km > 4600) return tiers >= 6 ? draw(7, 14) : draw(3, 7);
  if (tiers >= 6) return draw(14, 35);
  return tiers >= 4 ? draw(7, 21) : draw(3, 10);
}
