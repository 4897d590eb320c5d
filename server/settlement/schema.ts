import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { electronicIban, ibanFault, isBic } from './bank-account.ts';
import { PERIODS } from './period.ts';
import { STATEMENT_STATES } from './statement.ts';

const MAX_MINOR = 1_000_000_000_000;
const Period = z.enum(PERIODS);
const State = z.enum(STATEMENT_STATES);

export const StatementView = z
  .object({
    id: Uuid,
    /** As people name it, e.g. `ST-000012`. */
    number: z.string(),
    agency: z.object({ id: Uuid, name: z.string() }),
    state: State,
    period: Period,
    /** First and last day, UTC. */
    from: Day,
    to: Day,
    /** While the statement is open, as of now. Clawbacks are negative; memos and what is carried in the agency's favour when positive. */
    released: MoneyView,
    clawbacks: MoneyView,
    memos: MoneyView,
    carriedIn: MoneyView,
    reserveReleased: MoneyView,
    /** Held back against refunds to come, until `reserveUntil`. */
    reserve: MoneyView,
    payout: MoneyView,
    carriedOut: MoneyView,
    reserveUntil: Day.nullable(),
    closedAt: Instant.nullable(),
    approvedAt: Instant.nullable(),
    paidAt: Instant.nullable(),
    /** Why the bank returned the last payout. */
    returnReason: z.string().nullable(),
    /** The last payout of it. */
    payment: z
      .object({
        id: Uuid,
        method: z.enum(['sepa', 'manual', 'stripe']),
        state: z.enum(['sent', 'paid', 'returned']),
        fileId: Uuid.nullable(),
        reference: z.string().nullable(),
      })
      .nullable(),
    /** What the reader may do now. */
    may: z.object({
      approve: z.boolean(),
      pay: z.boolean(),
      /** By Stripe, where the agency chose it. */
      transfer: z.boolean(),
      markReturned: z.boolean(),
      reopen: z.boolean(),
    }),
  })
  .openapi('CommissionStatement');
export type StatementView = z.infer<typeof StatementView>;
export const StatementList = pageOf(StatementView);
export const StatementQuery = PageQuery.extend({ agencyId: Uuid.optional(), state: State.optional() }).strict();
export type StatementQuery = z.infer<typeof StatementQuery>;

export const StatementLineView = z
  .object({
    position: z.number().int(),
    kind: z.enum(['earning', 'clawback', 'memo']),
    booking: z.object({ id: Uuid, reference: z.string(), title: z.string() }).nullable(),
    /** Of a memo. */
    reason: z.string().nullable(),
    amount: MoneyView,
    happenedAt: Instant,
  })
  .openapi('CommissionStatementLine');
export type StatementLineView = z.infer<typeof StatementLineView>;
export const StatementLineList = pageOf(StatementLineView);
export const StatementLineQuery = PageQuery.strict();
export type StatementLineQuery = z.infer<typeof StatementLineQuery>;

export const SettlementRun = z
  .strictObject({
    /** Left out: every agency. */
    agencyId: Uuid.optional(),
  })
  .openapi('SettlementRun');
export const SettlementRunView = z
  .object({
    /** Statements whose period had ended and that were closed. */
    closed: z.number().int(),
    /** Statements of running periods that were opened. */
    opened: z.number().int(),
    /** Agencies whose statement could not be closed; the reason is in the log. */
    failed: z.number().int(),
  })
  .openapi('SettlementRunResult');

export const PaymentCreate = z
  .strictObject({ reference: z.string().trim().min(1).max(140).optional() })
  .openapi('StatementPayment');
export const ReturnCreate = z
  .strictObject({ reason: z.string().trim().min(3, { error: 'say why, in at least three characters' }).max(300) })
  .openapi('StatementReturn');

export const PayoutView = z
  .object({
    id: Uuid,
    statement: z.object({ id: Uuid, number: z.string() }),
    agency: z.object({ id: Uuid, name: z.string() }),
    method: z.enum(['sepa', 'manual', 'stripe']),
    state: z.enum(['sent', 'paid', 'returned']),
    amount: MoneyView,
    /** Country and last digits of the account it went to. */
    account: z.string().nullable(),
    fileId: Uuid.nullable(),
    reference: z.string().nullable(),
    returnReason: z.string().nullable(),
    sentAt: Instant,
    paidAt: Instant.nullable(),
    returnedAt: Instant.nullable(),
  })
  .openapi('Payout');
export type PayoutView = z.infer<typeof PayoutView>;
export const PayoutList = pageOf(PayoutView);
export const PayoutQuery = PageQuery.extend({ agencyId: Uuid.optional(), fileId: Uuid.optional() }).strict();
export type PayoutQuery = z.infer<typeof PayoutQuery>;

export const PayoutFileCreate = z
  .strictObject({
    /** Day the bank shall execute it. */
    executionOn: Day,
    /** Left out: every approved statement that waits. */
    statementIds: z.array(Uuid).min(1).max(5000).optional(),
  })
  .openapi('PayoutFileCreate');
export const PayoutFileView = z
  .object({
    id: Uuid,
    messageId: z.string(),
    executionOn: Day,
    payouts: z.number().int(),
    total: MoneyView,
    /** The file itself (pain.001.001.09). */
    xmlUrl: z.string(),
    /** Payouts of it that wait for the bank's word. */
    sent: z.number().int(),
    /** Approved statements that did not go into it; only when it is made. */
    skipped: z
      .array(
        z.object({
          statementId: Uuid,
          number: z.string(),
          reason: z.enum([
            'no_account',
            'account_unconfirmed',
            'not_euro',
            'agency_on_hold',
            'in_another_file',
            'paid_by_stripe',
          ]),
        }),
      )
      .optional(),
    createdAt: Instant,
  })
  .openapi('PayoutFile');
export type PayoutFileView = z.infer<typeof PayoutFileView>;
export const PayoutFileList = pageOf(PayoutFileView);
export const PayoutFileQuery = PageQuery.strict();
export type PayoutFileQuery = z.infer<typeof PayoutFileQuery>;

const FAULTS = {
  form: 'write an IBAN: two letters for the country, two check digits, then the account',
  country: 'the account must be in a country of the SEPA area',
  length: 'the IBAN has not as many characters as those of its country',
  check_digits: 'the check digits do not fit: a character is wrong or two are swapped',
} as const;

export const PayoutAccountUpdate = z
  .strictObject({
    holder: z.string().trim().min(2).max(70),
    iban: z
      .string()
      .max(60)
      .transform(electronicIban)
      .superRefine((iban, context) => {
        const fault = ibanFault(iban);
        if (fault) context.addIssue({ code: 'custom', message: FAULTS[fault] });
      }),
    /** Needed only where the bank asks for it. */
    bic: z
      .string()
      .trim()
      .toUpperCase()
      .refine(isBic, { error: 'a BIC has eight or eleven characters, e.g. CAIXESBBXXX' })
      .nullable()
      .optional(),
  })
  .openapi('PayoutAccountUpdate');
export type PayoutAccountUpdate = z.infer<typeof PayoutAccountUpdate>;

export const PayoutAccountView = z
  .object({
    holder: z.string(),
    /** Country and last digits; the whole IBAN is never shown again. */
    account: z.string(),
    bic: z.string().nullable(),
    /** False: it was told in the agency's application, and nothing is paid to it until it is confirmed. */
    isConfirmed: z.boolean(),
    updatedAt: Instant,
    version: z.number().int(),
  })
  .openapi('PayoutAccount');
export type PayoutAccountView = z.infer<typeof PayoutAccountView>;

const Terms = z.object({
  period: Period,
  /** Part of released earnings held back against refunds to come. */
  reserveBasisPoints: z.number().int().min(0).max(10_000),
  /** Days from the end of the period after which the reserve is given back. */
  reserveDays: z.number().int().min(1).max(730),
  /** In minor units of the reseller's currency; what is less is carried to the next statement. */
  minimumPayout: z.number().int().min(0).max(MAX_MINOR),
});
export const TermsView = Terms.extend({
  currency: z.string().length(3),
  /** Whether the agency has terms of its own. */
  isOwn: z.boolean(),
}).openapi('SettlementTerms');
export type TermsView = z.infer<typeof TermsView>;
export const TermsUpdate = Terms.strict().openapi('SettlementTermsUpdate');
export type TermsUpdate = z.infer<typeof TermsUpdate>;

/** In minor units: what one person may sign for alone when correcting earnings. */
const fourEyesLimit = z.number().int().min(0).max(MAX_MINOR);
export const DefaultTermsView = TermsView.extend({ fourEyesLimit }).openapi('DefaultSettlementTerms');
export const DefaultTermsUpdate = TermsUpdate.extend({ fourEyesLimit })
  .strict()
  .openapi('DefaultSettlementTermsUpdate');
export type DefaultTermsUpdate = z.infer<typeof DefaultTermsUpdate>;
