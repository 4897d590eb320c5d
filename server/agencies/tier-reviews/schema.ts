import { z } from 'zod';
import { Day, MoneyView, Uuid } from '../../kernel/http/wire.ts';
import { Tier } from '../schema.ts';

const Outcome = z.enum(['kept', 'up', 'grace', 'down', 'overridden']);
const threshold = z.strictObject({
  tier: z.enum(['silver', 'gold', 'platinum']),
  /** Travelled value of 90 days, minor units; null: not by value. */
  minValueMinor: z.number().int().min(1).max(1_000_000_000_000).nullable(),
  /** Bookings that travelled in 90 days; null: not by number. */
  minBookings: z.number().int().min(1).max(1_000_000).nullable(),
});

const settingsFields = {
  /** Whether tiers are reviewed on the first of each month. */
  isOn: z.boolean(),
  /** Either one that is given earns the tier; a tier with neither is given by hand only. */
  thresholds: z
    .array(threshold)
    .length(3)
    .refine((rows) => new Set(rows.map(({ tier }) => tier)).size === 3, { error: 'must name each tier once' }),
};
export const TierReviewSettingsView = z
  .object({ ...settingsFields, version: z.number().int() })
  .openapi('TierReviewSettings');
export const TierReviewSettingsChange = z.strictObject(settingsFields).openapi('TierReviewSettingsChange');
export type TierReviewSettingsChange = z.infer<typeof TierReviewSettingsChange>;

const travelled = { value: MoneyView, bookings: z.number().int() };
export const TierReviewPreviewView = z
  .object({
    nextReviewOn: Day,
    /** As if the review were today; what would move stands first. */
    data: z.array(
      z.object({
        agency: z.object({ id: Uuid, name: z.string() }),
        ...travelled,
        tier: Tier,
        earned: Tier,
        after: Tier,
        /** `grace`: the tier is lost with the review after the next, unless it is earned again. */
        outcome: Outcome,
        overrideUntil: Day.nullable(),
      }),
    ),
  })
  .openapi('TierReviewPreview');

export const TierProgressView = z
  .object({
    /** False: tiers are given by hand here. */
    isOn: z.boolean(),
    tier: Tier,
    /** First day of travel that counts today. */
    since: Day,
    ...travelled,
    /** What the review would make of it if it were today. */
    outcome: Outcome,
    nextReviewOn: Day,
    /** Null at the top, or where no higher tier can be earned. */
    next: z
      .object({
        tier: Tier,
        needsValue: MoneyView.nullable(),
        missingValue: MoneyView.nullable(),
        needsBookings: z.number().int().nullable(),
        missingBookings: z.number().int().nullable(),
      })
      .nullable(),
    override: z.object({ tier: Tier, until: Day, reason: z.string() }).nullable(),
    /** The last twelve reviews, newest first. */
    history: z.array(z.object({ month: Day, ...travelled, before: Tier, earned: Tier, after: Tier, outcome: Outcome })),
  })
  .openapi('TierProgress');

export const TierOverridePut = z
  .strictObject({
    tier: Tier,
    /** Last day on which it counts. */
    until: Day,
    reason: z.string().trim().min(3).max(300),
  })
  .openapi('TierOverride');
export type TierOverridePut = z.infer<typeof TierOverridePut>;
