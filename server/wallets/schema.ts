import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

/** Largest amount a person may type: far above any wallet, far below the end of the safe integers. */
const MAX_MINOR = 1_000_000_000_000;

const Days = z.number().int().min(0).max(180).nullable();
const Terms = z.object({ paymentDays: Days, graceDays: Days });

/** Smallest and largest top-up. */
const TopUpRange = z.object({ minimum: MoneyView, maximum: MoneyView });

/** The wallet an agency keeps with its parent. available = balance + credit limit − held. */
export const WalletView = z
  .object({
    agency: z.object({ id: Uuid, name: z.string() }),
    /** Whom the wallet is with; `id` null is the reseller. */
    parent: z.object({ id: Uuid.nullable(), name: z.string() }),
    currency: z.string().length(3),
    /** Negative when the agency owes its parent. */
    balance: MoneyView,
    creditLimit: MoneyView,
    held: MoneyView,
    available: MoneyView,
    /** Whether the reader may adjust it and set its credit limit. */
    canAdjust: z.boolean(),
    /** Days until a debit is due (null: it never is), and after how many more it blocks bookings (null: it never does). */
    terms: Terms,
    /** The agency is told when less is left to spend. */
    lowBalance: MoneyView,
    /** Whether a person of the reader's may set that. */
    canSetNotice: z.boolean(),
    /** How the reader may pay in; null for who may not. `card` is null where cards are not taken. */
    topUp: z.object({ transfer: TopUpRange, card: TopUpRange.nullable() }).nullable(),
    updatedAt: Instant,
  })
  .openapi('Wallet');
export type WalletView = z.infer<typeof WalletView>;
export const WalletList = pageOf(WalletView);
export const WalletListQuery = PageQuery.strict();
export type WalletListQuery = z.infer<typeof WalletListQuery>;

export const WalletEntryKind = z.enum(['top_up', 'adjustment', 'hold', 'release', 'capture', 'refund', 'exchange']);
export type WalletEntryKind = z.infer<typeof WalletEntryKind>;

export const WalletEntryView = z
  .object({
    id: Uuid,
    kind: WalletEntryKind,
    /** Change of the balance; of what is held for `hold` and `release`. */
    amount: MoneyView,
    balanceAfter: MoneyView,
    heldAfter: MoneyView,
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    reason: z.string().nullable(),
    createdAt: Instant,
  })
  .openapi('WalletEntry');
export type WalletEntryView = z.infer<typeof WalletEntryView>;
export const WalletEntryList = pageOf(WalletEntryView);
export const WalletEntryQuery = PageQuery.extend({ kind: WalletEntryKind.optional() }).strict();
export type WalletEntryQuery = z.infer<typeof WalletEntryQuery>;

/** The wallet's own currency, or one in which it has a balance beside it; that one never goes below zero. */
export const AdjustmentCreate = z
  .strictObject({
    /** `top_up`: money the agency paid in (more than zero); `adjustment`: a correction, either way. */
    kind: z.enum(['top_up', 'adjustment']),
    amount: z.strictObject({ amount: z.number().int().min(-MAX_MINOR).max(MAX_MINOR), currency: z.string().length(3) }),
    reason: z.string().trim().min(3, { error: 'say why, in at least three characters' }).max(300),
  })
  .refine(({ kind, amount }) => (kind === 'top_up' ? amount.amount > 0 : amount.amount !== 0), {
    error: 'a top-up must be more than zero, an adjustment not zero',
    path: ['amount', 'amount'],
  })
  .openapi('WalletAdjustmentCreate');
export type AdjustmentCreate = z.infer<typeof AdjustmentCreate>;

export const CreditLimitUpdate = z
  .strictObject({
    creditLimit: z.strictObject({ amount: z.number().int().min(0).max(MAX_MINOR), currency: z.string().length(3) }),
  })
  .openapi('CreditLimitUpdate');
export type CreditLimitUpdate = z.infer<typeof CreditLimitUpdate>;

export const TermsUpdate = z
  .strictObject(Terms.shape)
  .refine(({ paymentDays, graceDays }) => paymentDays !== null || graceDays === null, {
    error: 'without payment days nothing is ever overdue: leave the days of grace out',
    path: ['graceDays'],
  })
  .openapi('WalletTermsUpdate');

export const LowBalanceUpdate = z
  .strictObject({
    /** Null: a fifth of the credit limit. */
    lowBalance: z
      .strictObject({ amount: z.number().int().min(0).max(MAX_MINOR), currency: z.string().length(3) })
      .nullable(),
  })
  .openapi('WalletLowBalanceUpdate');

/** What a wallet owes by how long it is overdue, in whole days (UTC). */
export const AgeingView = z
  .object({
    agency: z.object({ id: Uuid, name: z.string() }),
    parent: z.object({ id: Uuid.nullable(), name: z.string() }),
    currency: z.string().length(3),
    terms: Terms,
    owed: MoneyView,
    overdue: MoneyView,
    buckets: z.object({
      notDue: MoneyView,
      upTo30: MoneyView,
      upTo60: MoneyView,
      upTo90: MoneyView,
      over90: MoneyView,
    }),
    oldestDueOn: Day.nullable(),
    daysOverdue: z.number().int().min(0),
    /** Whether new bookings from the wallet are refused until it is paid. */
    blocked: z.boolean(),
  })
  .openapi('WalletAgeing');
export type AgeingView = z.infer<typeof AgeingView>;
export const AgeingList = pageOf(AgeingView).extend({
  /** Sums of all pages, one for each currency. */
  totals: z.array(AgeingView.pick({ currency: true, owed: true, overdue: true, buckets: true })),
});
