import { z } from 'zod';
import { Day, Instant, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

const MAX_MINOR = 1_000_000_000;
const MAX_PERCENT_BP = 10_000;

const code = z.string().trim().min(1).max(60);
const codes = z.array(code).min(1).max(100);
const CABINS = ['economy', 'premium_economy', 'business', 'first'] as const;
export const Product = z.enum(['flight', 'stay']);
export const TierName = z.enum(['bronze', 'silver', 'gold', 'platinum']);
export type TierName = z.infer<typeof TierName>;
const upper = z.string().trim().toUpperCase();
const placeCode = upper.regex(/^[A-Z]{2,3}$/, {
  error: 'must be an airport or city code (MAD) or a country code (ES)',
});
const minor = z.number().int().min(0).max(MAX_MINOR);
/** Codes as they are written in facts; names of cities stay as typed. */
const destination = code.overwrite((text) => (/^[a-z]{2,3}$/.test(text) ? text.toUpperCase() : text));
const days = z.number().int().min(0).max(1000);

/** What a rule asks of an offer: AND across fields, OR within one, a field left out asks nothing. */
export const MarkupMatchView = z
  .strictObject({
    product: z.array(Product).min(1).max(2).optional(),
    supplier: codes.optional(),
    carrier: z
      .array(upper.regex(/^[A-Z0-9]{2}$/, { error: 'must be a two-character carrier code, e.g. IB' }))
      .min(1)
      .max(100)
      .optional(),
    cabin: z.array(z.enum(CABINS)).min(1).max(4).optional(),
    fareBrand: codes.optional(),
    /** Airport or city (three letters), or country (two). */
    origin: z.array(placeCode).min(1).max(100).optional(),
    /** As origin; of a stay also the city's name. */
    destination: z.array(destination).min(1).max(100).optional(),
    route: z
      .array(upper.regex(/^[A-Z]{2,3}-[A-Z]{2,3}$/, { error: 'must be origin-destination, e.g. MAD-JFK' }))
      .min(1)
      .max(100)
      .optional(),
    hotelIds: codes.optional(),
    hotelChain: codes.optional(),
    stars: z.array(z.number().int().min(0).max(5)).min(1).max(6).optional(),
    /** First day of travel, both inclusive. */
    travelFrom: Day.optional(),
    travelTo: Day.optional(),
    /** Days between the sale and the first day of travel, both inclusive. */
    leadDaysMin: days.optional(),
    leadDaysMax: days.optional(),
    segment: codes.optional(),
    pointOfSale: codes.optional(),
    /** Agencies directly below the rule's owner. */
    childAgencyId: z.array(Uuid).min(1).max(100).optional(),
    childTier: z.array(TierName).min(1).max(4).optional(),
  })
  .refine(({ travelFrom, travelTo }) => !travelFrom || !travelTo || travelFrom <= travelTo, {
    error: 'must not be before travelFrom',
    path: ['travelTo'],
  })
  .refine(
    ({ leadDaysMin, leadDaysMax }) =>
      leadDaysMin === undefined || leadDaysMax === undefined || leadDaysMin <= leadDaysMax,
    {
      error: 'must not be less than leadDaysMin',
      path: ['leadDaysMax'],
    },
  )
  .openapi('MarkupMatch');
export type MarkupMatchView = z.infer<typeof MarkupMatchView>;

export const MarkupValueView = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('fixed'),
      amountMinor: minor,
      per: z.enum(['booking', 'traveller', 'segment', 'night']),
    }),
    /** `total`: of the owner's own buy price; `base`: of that price without taxes. 1 % is 100 basis points. */
    z.strictObject({
      kind: z.literal('percent'),
      basisPoints: z.number().int().min(0).max(MAX_PERCENT_BP),
      of: z.enum(['total', 'base']),
    }),
  ])
  .openapi('MarkupValue');

export const MarkupRuleView = z
  .object({
    id: Uuid,
    /** The level that earns it; null is the reseller. */
    ownerAgencyId: Uuid.nullable(),
    name: z.string(),
    match: MarkupMatchView,
    value: MarkupValueView,
    /** Currency of the amounts in the rule; null when it has none. The rule then prices only offers in that currency. */
    currency: z.string().length(3).nullable(),
    minMinor: z.number().int().nullable(),
    maxMinor: z.number().int().nullable(),
    /** Adds to the winning rule instead of competing with it. */
    stack: z.boolean(),
    /** Decides among rules that match equally many fields; the higher wins. */
    priority: z.number().int(),
    validFrom: Instant.nullable(),
    validTo: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.number().int(),
  })
  .openapi('MarkupRule');
export type MarkupRuleView = z.infer<typeof MarkupRuleView>;
export const MarkupRuleList = pageOf(MarkupRuleView).openapi('MarkupRulePage');
export const MarkupRuleQuery = PageQuery.strict();
export type MarkupRuleQuery = z.infer<typeof MarkupRuleQuery>;

const ruleFields = {
  name: z.string().trim().min(1).max(120),
  match: MarkupMatchView,
  value: MarkupValueView,
  minMinor: minor.nullable(),
  maxMinor: minor.nullable(),
  stack: z.boolean(),
  priority: z.number().int().min(-1000).max(1000),
  /** Instants (UTC): from inclusive, to exclusive. */
  validFrom: Instant.nullable(),
  validTo: Instant.nullable(),
};

/** The rule belongs to the level of whoever makes it. */
export const MarkupRuleCreate = z
  .strictObject({
    name: ruleFields.name,
    match: ruleFields.match.default({}),
    value: ruleFields.value,
    minMinor: ruleFields.minMinor.default(null),
    maxMinor: ruleFields.maxMinor.default(null),
    stack: ruleFields.stack.default(false),
    priority: ruleFields.priority.default(0),
    validFrom: ruleFields.validFrom.default(null),
    validTo: ruleFields.validTo.default(null),
  })
  .openapi('MarkupRuleCreate');
export type MarkupRuleCreate = z.infer<typeof MarkupRuleCreate>;

/** What is left out stays; `match` and `value` are replaced as a whole. */
export const MarkupRuleChange = z
  .strictObject(ruleFields)
  .partial()
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'name at least one field to change',
  })
  .openapi('MarkupRuleChange');
export type MarkupRuleChange = z.infer<typeof MarkupRuleChange>;

export const PreviewRequest = z
  .strictObject({
    product: Product,
    /** For the reseller the supplier's price; for an agency its own buy price (what lies above it is not its to see). */
    net: z.strictObject({ base: minor, taxes: minor }),
    /** Who sells: at or below your own level; null is the reseller. Left out: your own level. */
    agencyId: Uuid.nullable().optional(),
    facts: z
      .strictObject({
        supplier: code.optional(),
        carrier: upper.max(2).optional(),
        cabin: z.enum(CABINS).optional(),
        fareBrand: code.optional(),
        origin: placeCode.optional(),
        destination: destination.optional(),
        hotelId: code.optional(),
        hotelChain: code.optional(),
        stars: z.number().int().min(0).max(5).optional(),
        travelDate: Day.optional(),
        travellers: z.number().int().min(1).max(9).default(1),
        segments: z.number().int().min(1).max(20).optional(),
        nights: z.number().int().min(1).max(60).optional(),
      })
      .default({ travellers: 1 }),
  })
  .openapi('MarkupPreviewRequest');
export type PreviewRequest = z.infer<typeof PreviewRequest>;

const PreviewLevel = z.object({
  /** Null is the reseller. */
  agencyId: Uuid.nullable(),
  name: z.string(),
  tier: TierName.nullable(),
  buyPrice: z.number().int(),
  markup: z.number().int(),
  sellPrice: z.number().int(),
  rules: z.array(z.object({ id: Uuid, name: z.string(), amount: z.number().int() })),
  /** Null where it cannot be told without figures of the levels above. */
  commission: z.number().int().nullable(),
  /** Markup and commission; of the reseller: its margin. */
  earnings: z.number().int(),
});

export const PreviewView = z
  .object({
    currency: z.string().length(3),
    /** `blocked`: at these rules the offer is not sold. */
    outcome: z.enum(['kept', 'capped', 'blocked', 'allowed']),
    /** One sentence about the outcome, null when there is nothing to mend. */
    warning: z.string().nullable(),
    net: z.object({ base: z.number().int(), taxes: z.number().int(), total: z.number().int() }),
    /** The reseller alone sees it; null for an agency. */
    platformFee: z.number().int().nullable(),
    /** What the last level shown asks: of the customer, or of the agency below it. */
    total: z.number().int(),
    /** The reseller sees every level, an agency its own. */
    levels: z.array(PreviewLevel),
  })
  .openapi('MarkupPreview');
export type PreviewView = z.infer<typeof PreviewView>;

const rate = z.number().int().min(0).max(MAX_PERCENT_BP);
export const TierRow = z.strictObject({
  tier: TierName,
  /** Commission of a selling agency of this tier, basis points. */
  commissionBp: rate,
  /** Discount on the parent's markup, basis points. */
  discountBp: rate,
});
/** From bronze to platinum. */
export const TiersView = z.object({ data: z.array(TierRow), version: z.number().int() }).openapi('Tiers');
export type TiersView = z.infer<typeof TiersView>;
export const TiersChange = z
  .strictObject({ data: z.array(TierRow).length(4) })
  .refine(({ data }) => new Set(data.map(({ tier }) => tier)).size === 4, {
    error: 'must name each tier once',
    path: ['data'],
  })
  .openapi('TiersChange');
export type TiersChange = z.infer<typeof TiersChange>;
