import type { AirlineRecord } from '../../reference/index.ts';
import { hash32 } from './hash.ts';
import type { CabinClass, FlightsCondition } from './wire.ts';

/** A condition before money is known: penalty in cents per booking; `unsaid` means the airline does not tell. */
export type Rule = { kind: 'no' } | { kind: 'unsaid' } | { kind: 'yes'; penalty: number | null };

export interface Brand {
  code: string;
  name: string;
  /** Multiplier of the cabin's fare in percent. */
  percent: number;
  carryOn: number;
  checked: number;
  seatChoice: boolean;
  priority: boolean;
  change: Rule;
  refund: Rule;
  shelf: number;
}

const no: Rule = { kind: 'no' };
const unsaid: Rule = { kind: 'unsaid' };
const yes = (penalty: number | null): Rule => ({ kind: 'yes', penalty });

function lowCostBrands(): Brand[] {
  return [
    {
      code: 'BSC',
      name: 'Basic',
      percent: 100,
      carryOn: 0,
      checked: 0,
      seatChoice: false,
      priority: false,
      change: yes(4500),
      refund: no,
      shelf: 1,
    },
    {
      code: 'PLS',
      name: 'Plus',
      percent: 138,
      carryOn: 1,
      checked: 1,
      seatChoice: true,
      priority: true,
      change: yes(3000),
      refund: no,
      shelf: 2,
    },
    {
      code: 'FLX',
      name: 'Flex',
      percent: 190,
      carryOn: 1,
      checked: 1,
      seatChoice: true,
      priority: true,
      change: yes(0),
      refund: yes(2500),
      shelf: 3,
    },
  ];
}

function economyBrands(carrier: AirlineRecord, longHaul: boolean): Brand[] {
  const quiet = hash32('unsaid', carrier.iata) % 5 === 0 && carrier.iata !== 'ZZ';
  const fee = longHaul ? 15_000 : 7_500;
  return [
    {
      code: 'LGT',
      name: 'Economy Light',
      percent: 100,
      carryOn: 1,
      checked: 0,
      seatChoice: false,
      priority: false,
      change: longHaul ? yes(fee) : no,
      refund: no,
      shelf: 1,
    },
    {
      code: 'CLS',
      name: 'Economy Classic',
      percent: 122,
      carryOn: 1,
      checked: 1,
      seatChoice: true,
      priority: false,
      change: yes(0),
      refund: quiet ? unsaid : yes(fee),
      shelf: 2,
    },
    {
      code: 'FLX',
      name: 'Economy Flex',
      percent: 158,
      carryOn: 1,
      checked: longHaul ? 2 : 1,
      seatChoice: true,
      priority: true,
      change: yes(0),
      refund: yes(0),
      shelf: 3,
    },
  ];
}

const premiumBrands: readonly Brand[] = [
  {
    code: 'PRM',
    name: 'Premium Economy',
    percent: 100,
    carryOn: 1,
    checked: 2,
    seatChoice: true,
    priority: true,
    change: yes(12_000),
    refund: yes(20_000),
    shelf: 3,
  },
  {
    code: 'PFX',
    name: 'Premium Economy Flex',
    percent: 128,
    carryOn: 1,
    checked: 2,
    seatChoice: true,
    priority: true,
    change: yes(0),
    refund: yes(0),
    shelf: 3,
  },
];
const businessBrands: readonly Brand[] = [
  {
    code: 'BSV',
    name: 'Business Saver',
    percent: 100,
    carryOn: 2,
    checked: 2,
    seatChoice: true,
    priority: true,
    change: yes(20_000),
    refund: yes(40_000),
    shelf: 4,
  },
  {
    code: 'BFX',
    name: 'Business Flex',
    percent: 131,
    carryOn: 2,
    checked: 2,
    seatChoice: true,
    priority: true,
    change: yes(0),
    refund: yes(null),
    shelf: 4,
  },
];
const firstBrands: readonly Brand[] = [
  {
    code: 'FST',
    name: 'First',
    percent: 100,
    carryOn: 2,
    checked: 3,
    seatChoice: true,
    priority: true,
    change: yes(0),
    refund: yes(0),
    shelf: 5,
  },
];
const firstCarriers = new Set(['EK', 'SQ', 'BA', 'LH', 'AF', 'JL', 'NH', 'EY', 'LX', 'AA', 'CX', 'ZZ']);

/** The brands a carrier sells in a cabin, cheapest first; empty when it does not have the cabin. */
export function brandsFor(carrier: AirlineRecord, cabin: CabinClass, longHaul: boolean): readonly Brand[] {
  if (carrier.kind === 'low_cost' || carrier.kind === 'low_cost_long_haul')
    return cabin === 'economy' ? lowCostBrands() : [];
  if (cabin === 'economy') return economyBrands(carrier, longHaul);
  if (cabin === 'premium_economy') return longHaul || carrier.iata === 'ZZ' ? premiumBrands : [];
  if (cabin === 'business') return businessBrands;
  return longHaul && firstCarriers.has(carrier.iata) ? firstBrands : [];
}

export const cabinNames: Readonly<Record<CabinClass, string>> = {
  economy: 'Economy',
  premium_economy: 'Premium Economy',
  business: 'Business',
  first: 'First',
};

/** Three-valued on the wire: allowed (penalty null when unknown), not allowed, or null when the airline did not say. */
export function presentRule(rule: Rule): FlightsCondition | null {
  if (rule.kind === 'unsaid') return null;
  if (rule.kind === 'no') return { allowed: false, penalty_amount: null, penalty_currency: null };
  const penalty =
    rule.penalty === null ? null : `${Math.floor(rule.penalty / 100)}.${String(rule.penalty % 100).padStart(2, '0')}`;
  return { allowed: true, penalty_amount: penalty, penalty_currency: penalty === null ? null : 'EUR' };
}
