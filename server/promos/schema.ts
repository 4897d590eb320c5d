import { z } from 'zod';
import { Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { MarkupMatchView } from '../pricing/index.ts';
import { OwnPriceView } from '../search/index.ts';

const MAX_MINOR = 1_000_000_000;
const minor = z.number().int().min(0).max(MAX_MINOR);
const CodeText = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$/, { error: 'must be 3 to 40 letters, digits, hyphens or underscores' });

const Value = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('percent'),
    /** Of the customer's total; 1 % is 100 basis points. */
    basisPoints: z.number().int().min(1).max(10_000),
    /** The most it takes off, minor units. */
    capMinor: minor.min(1).nullable(),
  }),
  z.strictObject({ kind: z.literal('fixed'), amountMinor: minor.min(1) }),
]);

const fields = {
  /** Upper and lower case are the same. */
  code: CodeText,
  name: z.string().trim().min(1).max(120),
  value: Value,
  /** As of a markup rule, without the agencies below: the sales it may be used on, by dates of travel, route, product and more. */
  match: MarkupMatchView.refine(({ childAgencyId, childTier }) => !childAgencyId && !childTier, {
    error: 'names agencies below: a code belongs to a sale to a customer',
  }),
  /** When it can be used; from is inclusive, to is not. */
  saleFrom: Instant.nullable(),
  saleTo: Instant.nullable(),
  /** Least total before the discount. */
  minTotalMinor: minor,
  maxUses: z.number().int().min(1).max(1_000_000).nullable(),
  maxPerCustomer: z.number().int().min(1).max(1000).nullable(),
  /** Share of the discount the reseller bears, basis points; the selling agency bears the rest. An agency bears its own codes whole. */
  resellerBp: z.number().int().min(0).max(10_000),
  /** False: not on a price that a stacking markup rule made. */
  stacksWithRules: z.boolean(),
  /** Whether it can be used with others that can. */
  combinable: z.boolean(),
  state: z.enum(['active', 'paused']),
};

const inOrder = ({ saleFrom, saleTo }: { saleFrom: string | null; saleTo: string | null }) =>
  !saleFrom || !saleTo || saleFrom < saleTo;
export const PromoCodeInput = z
  .strictObject(fields)
  .refine(inOrder, { error: 'must be after saleFrom', path: ['saleTo'] })
  .openapi('PromoCodeInput');
export type PromoCodeInput = z.infer<typeof PromoCodeInput>;

export const PromoCodeView = z
  .object({
    ...fields,
    id: Uuid,
    /** Null is the reseller. */
    ownerAgencyId: Uuid.nullable(),
    currency: z.string().length(3),
    /** Bookings that hold or used it. */
    uses: z.number().int(),
    /** What those bookings were reduced by. */
    discount: MoneyView,
    createdAt: Instant,
    version: z.number().int(),
  })
  .openapi('PromoCode');
export type PromoCodeView = z.infer<typeof PromoCodeView>;
export const PromoCodeList = pageOf(PromoCodeView).openapi('PromoCodeList');
export const PromoCodeQuery = PageQuery.strict();
export type PromoCodeQuery = z.infer<typeof PromoCodeQuery>;

/** What a customer typed; at most three. */
export const TypedCodes = z.array(z.string().trim().min(1).max(40)).max(3);
export const PromoCheck = z
  .strictObject({
    quoteId: Uuid,
    promoCodes: TypedCodes.min(1),
    /** The contact's, to tell beforehand that a customer has used the code already. */
    email: z.email().max(254).optional(),
  })
  .openapi('PromoCheck');
export type PromoCheck = z.infer<typeof PromoCheck>;
export const PromoCheckView = z
  .object({
    /** What is to be paid with the codes; send it as the booking's `expectedTotal`. */
    total: MoneyView,
    before: MoneyView,
    /** The seller's own figures with the codes, for its people: what its wallet pays is `buyPrice`. */
    own: OwnPriceView.optional(),
    discounts: z.array(z.object({ code: z.string(), amount: MoneyView })),
  })
  .openapi('PromoCheckResult');
