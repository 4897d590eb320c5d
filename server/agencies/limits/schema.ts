import { z } from 'zod';
import { Uuid } from '../../kernel/http/wire.ts';
import { MAX_DEPTH } from '../agency.ts';
import { Tier } from '../schema.ts';

const count = (least: number, most: number) => z.number().int().min(least).max(most).nullable();
const fields = {
  /** Whether it may take in agencies at all. */
  mayAdd: z.boolean(),
  /** Agencies directly below it; null, here and below: without limit. */
  maxDirect: count(0, 100_000),
  /** Agencies at any depth below it. */
  maxTotal: count(0, 100_000),
  /** Levels below it. */
  maxLevels: count(1, MAX_DEPTH),
  /** Tiers that may be given below it. */
  tiers: z
    .array(Tier)
    .min(1)
    .max(4)
    .refine((tiers) => new Set(tiers).size === tiers.length, { error: 'must name each tier once' })
    .refine((tiers) => tiers.includes('bronze'), { error: 'must include bronze, which an agency begins with' }),
  /** Highest credit limit that may be given below it, minor units of the tenant's currency. */
  maxCreditMinor: z.number().int().min(0).max(1_000_000_000_000).nullable(),
  /** Whether a new agency below it waits for the reseller. */
  needsApproval: z.boolean(),
};

export const NetworkLimitsChange = z.strictObject(fields).openapi('NetworkLimitsChange');
export type NetworkLimitsChange = z.infer<typeof NetworkLimitsChange>;

/** What is set for every agency without limits of its own. */
export const GeneralLimitsView = z.object({ ...fields, version: z.number().int() }).openapi('GeneralNetworkLimits');

export const NetworkLimitsView = z
  .object({
    agencyId: Uuid,
    /** False: the general ones. */
    isOwn: z.boolean(),
    limits: z.object(fields),
    used: z.object({ direct: z.number().int(), total: z.number().int() }),
    /** What is left, when everything above it is counted in. */
    room: z.object({
      /** Agencies it may still add directly below itself; null: any number. */
      places: z.number().int().nullable(),
      tiers: z.array(Tier),
      maxCreditMinor: z.number().int().nullable(),
      needsApproval: z.boolean(),
    }),
    may: z.object({ edit: z.boolean() }),
    /** Send it back as `If-Match: "<version>"`; 0 while it has none of its own. */
    version: z.number().int(),
  })
  .openapi('NetworkLimits');
export type NetworkLimitsView = z.infer<typeof NetworkLimitsView>;
