import type { Tier } from '../schema.ts';

/** How far an agency may take in agencies of its own. Null: without limit. All but `maxDirect` bind what is below it, too. */
export interface NetworkLimits {
  readonly mayAdd: boolean;
  /** Agencies directly below it. */
  readonly maxDirect: number | null;
  /** Agencies at any depth below it. */
  readonly maxTotal: number | null;
  /** Levels below it. */
  readonly maxLevels: number | null;
  /** Tiers that may be given below it. */
  readonly tiers: readonly Tier[];
  /** Highest credit limit that may be given below it, minor units. */
  readonly maxCreditMinor: number | null;
  /** Whether a new agency below it waits for the reseller. */
  readonly needsApproval: boolean;
}

/** An agency that takes in others, with its limits and what is used of them; those refused do not count. */
export interface LimitedAgency extends NetworkLimits {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
  readonly direct: number;
  readonly total: number;
  /** Whether the limits are its own; else those of all. */
  readonly isOwn: boolean;
  /** Of its own limits; 0 where it has none. */
  readonly version: number;
}

export const LIMITS = ['not_allowed', 'direct', 'total', 'levels'] as const;
export type Limit = (typeof LIMITS)[number];

/** What an agency may still do, when everything above it is counted in. */
export interface Room {
  /** Agencies it may still add directly below itself; null: any number. */
  places: number | null;
  tiers: Tier[];
  maxCreditMinor: number | null;
  needsApproval: boolean;
}

const least = (numbers: readonly (number | null)[]): number | null => {
  const given = numbers.filter((one) => one !== null);
  return given.length === 0 ? null : Math.min(...given);
};
const left = (limit: number | null, used: number): number | null => (limit === null ? null : Math.max(0, limit - used));

/**
 * What keeps another agency from being added below the last of a chain.
 * @param chain the parent to be and all above it, the topmost first
 */
export function findFull(chain: readonly LimitedAgency[]): { at: LimitedAgency; limit: Limit } | undefined {
  const parent = chain.at(-1);
  if (!parent) return undefined;
  for (const at of chain.toReversed()) {
    if (!at.mayAdd) return { at, limit: 'not_allowed' };
    if (at.maxLevels !== null && parent.depth + 1 - at.depth > at.maxLevels) return { at, limit: 'levels' };
    if (at.id === parent.id && left(at.maxDirect, at.direct) === 0) return { at, limit: 'direct' };
    if (left(at.maxTotal, at.total) === 0) return { at, limit: 'total' };
  }
  return undefined;
}

/** What the last of a chain may still do. */
export function roomOf(chain: readonly LimitedAgency[]): Room {
  const parent = chain.at(-1);
  const places = least([
    ...chain.map((at) => left(at.maxTotal, at.total)),
    parent ? left(parent.maxDirect, parent.direct) : null,
  ]);
  return {
    places: findFull(chain) ? 0 : places,
    tiers: tiersOf(chain),
    maxCreditMinor: least(chain.map((at) => at.maxCreditMinor)),
    needsApproval: chain.some((at) => at.needsApproval),
  };
}

const ALL_TIERS: readonly Tier[] = ['bronze', 'silver', 'gold', 'platinum'];

/** Tiers that every agency of a chain may give; bronze is what an agency begins with, and is always left. */
const tiersOf = (chain: readonly LimitedAgency[]): Tier[] =>
  ALL_TIERS.filter((tier) => tier === 'bronze' || chain.every((at) => at.tiers.includes(tier)));
