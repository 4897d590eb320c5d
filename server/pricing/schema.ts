import { z } from 'zod';
import { Day, Instant, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { FrozenExchangeView } from './exchange/schema.ts';

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

const shownFields = {
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
};
const RuleState = z.enum(['active', 'deleted']);

export const MarkupRuleView = z
  .object({
    id: Uuid,
    /** The level that earns it; null is the reseller. */
    ownerAgencyId: Uuid.nullable(),
    ...shownFields,
    state: RuleState,
    createdAt: Instant,
    updatedAt: Instant,
    version: z.number().int(),
  })
  .openapi('MarkupRule');
export type MarkupRuleView = z.infer<typeof MarkupRuleView>;
export const MarkupRuleList = pageOf(MarkupRuleView).openapi('MarkupRulePage');
export const MarkupRuleQuery = PageQuery.extend({
  /** `deleted`: those that can be brought back. */
  state: RuleState.default('active'),
}).strict();
export type MarkupRuleQuery = z.infer<typeof MarkupRuleQuery>;

export const MarkupRuleVersionView = z
  .object({
    version: z.number().int(),
    /** `deleted`: by this version the rule was deleted. */
    state: RuleState,
    ...shownFields,
    /** User or API client; null where nobody is known. */
    changedBy: Uuid.nullable(),
    changedAt: Instant,
  })
  .openapi('MarkupRuleVersion');
export type MarkupRuleVersionView = z.infer<typeof MarkupRuleVersionView>;
export const MarkupRuleVersionList = pageOf(MarkupRuleVersionView).openapi('MarkupRuleVersionPage');
export const MarkupRuleVersionQuery = PageQuery.strict();
export const MarkupRuleRestore = z
  .strictObject({ version: z.number().int().min(1).max(1_000_000) })
  .openapi('MarkupRuleRestore');

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

export const MarkupRuleImport = z
  .strictObject({
    /** A file as `GET /markup-rules/export` makes it: with id and version a line changes that rule, without it makes one. */
    csv: z.string().min(1).max(900_000),
    /** Only tell what would happen. */
    dryRun: z.boolean().default(false),
  })
  .openapi('MarkupRuleImport');
export type MarkupRuleImport = z.infer<typeof MarkupRuleImport>;

const count = z.number().int();
export const MarkupRuleImportView = z
  .object({
    dryRun: z.boolean(),
    created: count,
    updated: count,
    unchanged: count,
    /** Of a dry run: what stands in the way, by line of the file and name of the column. */
    errors: z.array(z.object({ line: count, column: z.string().nullable(), code: z.string(), detail: z.string() })),
  })
  .openapi('MarkupRuleImportResult');
export type MarkupRuleImportView = z.infer<typeof MarkupRuleImportView>;

/** A rule that is not saved yet. */
const draftFields = {
  rule: MarkupRuleCreate,
  /** The rule it would replace; left out for a new one. */
  ruleId: Uuid.optional(),
};
export const MarkupRuleDraft = z.strictObject(draftFields).openapi('MarkupRuleDraft');
export type MarkupRuleDraft = z.infer<typeof MarkupRuleDraft>;

const namedRule = z.object({ id: Uuid, name: z.string() });
const WARNINGS = ['never_applies', 'tie', 'hides', 'adds_nothing', 'expired', 'never_matches', 'margin_floor'] as const;
export const MarkupRuleCheckView = z
  .object({
    warnings: z.array(
      z.object({
        code: z.enum(WARNINGS),
        /** JSON pointer into the rule. */
        pointer: z.string(),
        detail: z.string(),
        rule: namedRule.nullable(),
        /** Of `margin_floor`: tiers of the selling agency at which a sample sale falls under the floor. */
        tiers: z.array(TierName).optional(),
      }),
    ),
  })
  .openapi('MarkupRuleCheck');
export type MarkupRuleCheckView = z.infer<typeof MarkupRuleCheckView>;

export const MarkupRuleConflictsView = z
  .object({
    /** `never_applies`: the winner takes every sale of the loser. `tie`: where both fit, the older decides. */
    data: z.array(z.object({ code: z.enum(['never_applies', 'tie']), winner: namedRule, loser: namedRule })),
    /** There are more than these. */
    more: z.boolean(),
  })
  .openapi('MarkupRuleConflicts');

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
        /** guest, member, agency or reseller. */
        segment: code.optional(),
        /** Host of the site. */
        pointOfSale: code.optional(),
      })
      .default({ travellers: 1 }),
    /** Prices as if this rule were saved. */
    draft: MarkupRuleDraft.optional(),
  })
  .openapi('MarkupPreviewRequest');
export type PreviewRequest = z.infer<typeof PreviewRequest>;

/** Of an offer that was found: net price and facts are the offer's. */
export const OfferPreviewRequest = z
  .strictObject({ agencyId: PreviewRequest.shape.agencyId, draft: PreviewRequest.shape.draft })
  .openapi('OfferPreviewRequest');
export type OfferPreviewRequest = z.infer<typeof OfferPreviewRequest>;

const PreviewLevel = z.object({
  /** Null is the reseller. */
  agencyId: Uuid.nullable(),
  name: z.string(),
  tier: TierName.nullable(),
  buyPrice: z.number().int(),
  markup: z.number().int(),
  sellPrice: z.number().int(),
  /** `draft`: the rule that is not saved yet. */
  rules: z.array(namedRule.extend({ amount: z.number().int(), draft: z.boolean() })),
  /** Of `rules`, given up for the tier of the level below. */
  tierDiscount: z.number().int(),
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
    /** Which sentence that is, for those who show their own. */
    warningCode: z.enum(['blocked', 'capped', 'no_rule']).nullable(),
    /** What the first level shown starts from; null for an agency's preview of an offer, which has a supplier's price. */
    net: z.object({ base: z.number().int(), taxes: z.number().int(), total: z.number().int() }).nullable(),
    /** Of a net in another currency; the reseller alone sees it. */
    fx: FrozenExchangeView.nullable(),
    /** The reseller alone sees it; null for an agency. */
    platformFee: z.number().int().nullable(),
    /** What the last level shown asks: of the customer, or of the agency below it. */
    total: z.number().int(),
    /** The reseller sees every level, an agency its own. */
    levels: z.array(PreviewLevel),
    /** The same sale by an agency of each tier directly below your level. Commission, margin and outcome are the reseller's to see. */
    byTier: z.array(
      z.object({
        tier: TierName,
        markup: z.number().int(),
        sellPrice: z.number().int(),
        commission: z.number().int().nullable(),
        margin: z.number().int().nullable(),
        outcome: z.enum(['kept', 'capped', 'blocked', 'allowed']).nullable(),
      }),
    ),
  })
  .openapi('MarkupPreview');
export type PreviewView = z.infer<typeof PreviewView>;

const settingsFields = {
  /** When the reseller's margin on a sale would fall under the floor: lower commissions, do not sell, or sell all the same. */
  guardMode: z.enum(['capped', 'blocked', 'allowed']),
  /** Minor units of the reseller's currency. */
  floorMinor: minor,
  /** Below this no tier's discount brings the reseller's own markup. */
  minMarginMinor: minor,
};
export const PricingSettingsView = z
  .object({ ...settingsFields, version: z.number().int() })
  .openapi('PricingSettings');
export type PricingSettingsView = z.infer<typeof PricingSettingsView>;
export const PricingSettingsChange = z.strictObject(settingsFields).openapi('PricingSettingsChange');
export type PricingSettingsChange = z.infer<typeof PricingSettingsChange>;

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
