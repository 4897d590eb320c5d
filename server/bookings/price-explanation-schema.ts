import { z } from 'zod';
import { Instant, MoneyView, Uuid } from '../kernel/http/wire.ts';
import { MarkupMatchView, MarkupValueView } from '../pricing/index.ts';

/** A rule as it said when the price was made. */
const RuleWords = z.object({
  name: z.string(),
  match: MarkupMatchView,
  value: MarkupValueView,
  currency: z.string().length(3).nullable(),
  minMinor: z.number().int().nullable(),
  maxMinor: z.number().int().nullable(),
  stack: z.boolean(),
  priority: z.number().int(),
  validFrom: Instant.nullable(),
  validTo: Instant.nullable(),
});

export const PriceExplanationView = z
  .object({
    currency: z.string().length(3),
    /** The reader's own level; for the reseller every level, itself first. */
    levels: z.array(
      z.object({
        agencyId: Uuid.nullable(),
        agencyName: z.string().nullable(),
        buyPrice: MoneyView,
        markup: MoneyView,
        sellPrice: MoneyView,
        rules: z.array(
          z.object({
            id: Uuid,
            version: z.number().int(),
            /** What the rule gave, before the tier's discount. */
            amount: MoneyView,
            /** Null where the version is not kept any more. */
            words: RuleWords.nullable(),
          }),
        ),
        /** Given up for the tier of the agency it sells to; null for who sells to the customer. */
        tierDiscount: z.object({ amount: MoneyView, tier: z.string().nullable(), agencyName: z.string() }).nullable(),
        /** The level's own tier with its provider. */
        tier: z.string().nullable(),
        commission: MoneyView,
        /** For the reseller only. */
        commissionRateBp: z.number().int().optional(),
      }),
    ),
    /** For the reseller only. */
    chain: z
      .object({
        net: MoneyView,
        taxes: MoneyView,
        commissionable: MoneyView,
        platformFee: z.object({ amount: MoneyView, discount: MoneyView, paidFrom: z.enum(['margin', 'price']) }),
        guard: z.object({
          outcome: z.enum(['kept', 'capped', 'blocked', 'allowed']),
          floor: MoneyView,
          marginBefore: MoneyView,
          commissionCut: MoneyView,
          margin: MoneyView,
        }),
      })
      .optional(),
  })
  .openapi('PriceExplanation');
export type PriceExplanationView = z.infer<typeof PriceExplanationView>;
