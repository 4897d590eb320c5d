import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { MarkupMatchView } from '../pricing/index.ts';

const MAX_MINOR = 1_000_000_000_000;
const MAX_STEPS = 10;
const count = z.number().int();
const Tier = z.enum(['bronze', 'silver', 'gold', 'platinum']);

export const BonusAudience = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    /** By its tier when a period is reckoned for the first time. */
    z.strictObject({ kind: z.literal('tier'), tiers: z.array(Tier).min(1).max(4) }),
    /** An agency with all below it, each for itself. */
    z.strictObject({ kind: z.literal('subtree'), agencyId: Uuid }),
    z.strictObject({ kind: z.literal('chosen'), agencyIds: z.array(Uuid).min(1).max(200) }),
  ])
  .openapi('BonusAudience');
export type BonusAudience = z.infer<typeof BonusAudience>;

const Reward = z
  .discriminatedUnion('kind', [
    /** Of the commissionable base; 1 % is 100 basis points. */
    z.strictObject({ kind: z.literal('rate'), basisPoints: count.min(1).max(10_000) }),
    z.strictObject({ kind: z.literal('fixed'), amountMinor: count.min(1).max(MAX_MINOR) }),
  ])
  .openapi('BonusReward');
const Step = z
  .strictObject({
    /** Reached by more than this: above 50 bookings is reached by the 51st. */
    above: count.min(0).max(MAX_MINOR),
    reward: Reward,
  })
  .openapi('BonusStep');

const terms = {
  name: z.string().trim().min(1).max(120),
  /** `month`: each calendar month by itself; `range`: from the first to the last day at once. Days are UTC. */
  period: z.enum(['month', 'range']),
  startsOn: Day,
  /** Last day; null: until it is closed. */
  endsOn: Day.nullable(),
  audience: BonusAudience,
  /** As of a markup rule, without agencies, segments and points of sale: the sales that count. */
  match: MarkupMatchView.refine(
    ({ childAgencyId, childTier, segment, pointOfSale }) => !childAgencyId && !childTier && !segment && !pointOfSale,
    { error: 'names agencies or buyers: say which agencies in audience' },
  ),
  /** `confirmed`: by the day a sale was confirmed; `travelled`: by the day its trip ended. Cancelled ones never count. */
  basis: z.enum(['confirmed', 'travelled']),
  /** What the steps count: bookings, or what customers paid for them in minor units. */
  measure: z.enum(['bookings', 'volume']),
  /** `retroactive`: the highest step reached pays for all bookings of the period; `marginal`: each pays for those above it. */
  mode: z.enum(['retroactive', 'marginal']),
  steps: z.array(Step).min(1).max(MAX_STEPS),
  /** Most that an agency gets in a period. */
  capMinor: count.min(1).max(MAX_MINOR).nullable(),
  /** `stack`: paid beside every other; `best`: of such campaigns whose periods overlap the best alone pays. */
  overlap: z.enum(['stack', 'best']),
  /** Days after a period before it is reckoned. */
  graceDays: count.min(0).max(60),
};

export const BonusCampaignInput = z
  .strictObject(terms)
  .refine(({ startsOn, endsOn }) => endsOn === null || startsOn <= endsOn, {
    error: 'must not be before startsOn',
    path: ['endsOn'],
  })
  .refine(({ period, endsOn }) => period === 'month' || endsOn !== null, {
    error: 'say when it ends: only months go on',
    path: ['endsOn'],
  })
  .refine(({ steps }) => steps.every(({ above }, at) => at === 0 || above > (steps[at - 1]?.above ?? 0)), {
    error: 'must go up from step to step',
    path: ['steps'],
  })
  .openapi('BonusCampaignInput');
export type BonusCampaignInput = z.infer<typeof BonusCampaignInput>;

export const BonusCampaignView = z
  .object({
    ...terms,
    id: Uuid,
    currency: z.string().length(3),
    state: z.enum(['planned', 'running', 'ended', 'withdrawn']),
    createdAt: Instant,
    version: count,
  })
  .openapi('BonusCampaign');
export type BonusCampaignView = z.infer<typeof BonusCampaignView>;
export const BonusCampaignList = pageOf(BonusCampaignView).openapi('BonusCampaignPage');
export const BonusCampaignQuery = PageQuery.strict();
export type BonusCampaignQuery = z.infer<typeof BonusCampaignQuery>;

const figures = {
  startsOn: Day,
  /** Last day. */
  endsOn: Day,
  bookings: count,
  volume: MoneyView,
  /** `running`: so far; `waiting`: over, and not reckoned yet; `reckoned`: posted. */
  state: z.enum(['running', 'waiting', 'reckoned']),
  /** What it comes to by itself; of a running period, if it ended now. */
  earned: MoneyView,
  /** What was posted: differs from `earned` where a better campaign pays. Null until it is reckoned. */
  paid: MoneyView.nullable(),
};
const Progress = z.object({
  ...figures,
  /** Steps reached. */
  reached: count,
  /** Bookings, or minor units, as the campaign measures. */
  measured: count,
  next: z.object({ above: count, missing: count }).nullable(),
});

export const BonusProgressQuery = PageQuery.extend({
  limit: z.coerce.number().int().min(1).max(50).default(20),
  /** First day of the period; left out: the last that began. */
  startsOn: Day.optional(),
}).strict();
export type BonusProgressQuery = z.infer<typeof BonusProgressQuery>;
export const BonusProgressList = pageOf(
  Progress.extend({
    agency: z.object({ id: Uuid, name: z.string() }),
    /** Commissionable base of what counts. */
    base: MoneyView,
  }),
)
  .extend({ periods: z.array(z.object({ startsOn: Day, endsOn: Day })) })
  .openapi('BonusProgressPage');

export const AgencyBonusQuery = PageQuery.extend({
  limit: z.coerce.number().int().min(1).max(20).default(10),
}).strict();
export type AgencyBonusQuery = z.infer<typeof AgencyBonusQuery>;
export const AgencyBonusView = z
  .object({
    id: Uuid,
    name: z.string(),
    period: terms.period,
    startsOn: Day,
    endsOn: Day.nullable(),
    match: MarkupMatchView,
    basis: terms.basis,
    measure: terms.measure,
    mode: terms.mode,
    overlap: terms.overlap,
    /** A rate is told to the reseller and those who buy from it: others could reckon from it what their provider pays. */
    steps: z.array(z.object({ above: count, reward: Reward.nullable() })),
    cap: MoneyView.nullable(),
    state: BonusCampaignView.shape.state,
    /** Of the last period that began. */
    progress: Progress.extend({
      /** Bookings or volume at the end of each day with sales, as the campaign measures. */
      days: z.array(z.object({ day: Day, measured: count })),
    }).nullable(),
    /** The last periods that were reckoned, newest first. */
    history: z.array(z.object({ ...figures, state: z.literal('reckoned'), paid: MoneyView })),
  })
  .openapi('AgencyBonus');
export type AgencyBonusView = z.infer<typeof AgencyBonusView>;
export const AgencyBonusList = pageOf(AgencyBonusView).openapi('AgencyBonusPage');
