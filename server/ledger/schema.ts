import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

/** A set of accounts: `agencyId` null is the reseller's own book. */
export const BookView = z.object({ agencyId: Uuid.nullable(), name: z.string() }).openapi('LedgerBook');
export type BookView = z.infer<typeof BookView>;

export const AccountKind = z.enum(['asset', 'liability', 'income', 'expense', 'equity']);
export type AccountKind = z.infer<typeof AccountKind>;

export const AccountView = z
  .object({
    id: Uuid,
    book: BookView,
    /** For example `psp_clearing`, `payable:reseller` or `wallet:<agency id>`. */
    code: z.string(),
    /** The code without the other party: `psp_clearing`, `payable`, `wallet`. */
    group: z.string(),
    /** Whom the account is with, if with anybody. */
    party: BookView.nullable(),
    kind: AccountKind,
    /** Debit positive, credit negative. */
    balance: MoneyView,
  })
  .openapi('LedgerAccount');
export type AccountView = z.infer<typeof AccountView>;
export const AccountList = z.object({ data: z.array(AccountView) });

/** `reseller` or an agency's id; left out: every book the reader may see. */
const Book = z.union([z.literal('reseller'), Uuid]);
export const BookQuery = z.strictObject({ book: Book.optional() });
export type BookQuery = z.infer<typeof BookQuery>;

export const JournalEntryView = z.object({
  book: BookView,
  code: z.string(),
  group: z.string(),
  party: BookView.nullable(),
  /** Debit positive, credit negative. */
  amount: MoneyView,
});

export const TransactionView = z
  .object({
    id: Uuid,
    source: z.string(),
    key: z.string(),
    description: z.string(),
    bookingId: Uuid.nullable(),
    bookingReference: z.string().nullable(),
    occurredAt: Instant,
    /** Place in the tenant's journal and link of the hash chain: for the reseller only. */
    sequence: z.number().int().optional(),
    hash: z.string().optional(),
    /** Only those of the books the reader may see. */
    entries: z.array(JournalEntryView),
  })
  .openapi('LedgerTransaction');
export type TransactionView = z.infer<typeof TransactionView>;
export const TransactionList = pageOf(TransactionView);
export const JournalQuery = PageQuery.extend({ book: Book.optional(), bookingId: Uuid.optional() }).strict();
export type JournalQuery = z.infer<typeof JournalQuery>;

export const TrialBalanceView = z
  .object({
    /** The instant it was true. */
    at: Instant,
    books: z.array(
      z.object({
        book: BookView,
        currency: z.string(),
        rows: z.array(
          z.object({
            accountId: Uuid,
            code: z.string(),
            group: z.string(),
            party: BookView.nullable(),
            kind: AccountKind,
            debit: MoneyView,
            credit: MoneyView,
          }),
        ),
        debit: MoneyView,
        credit: MoneyView,
        /** Debits less credits: zero, always. */
        difference: MoneyView,
      }),
    ),
  })
  .openapi('TrialBalance');
export type TrialBalanceView = z.infer<typeof TrialBalanceView>;

export const AccountEntryView = z
  .object({
    id: Uuid,
    transactionId: Uuid,
    source: z.string(),
    description: z.string(),
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    occurredAt: Instant,
    /** Debit positive, credit negative. */
    amount: MoneyView,
    /** The account's balance after this entry. */
    balance: MoneyView,
  })
  .openapi('LedgerAccountEntry');
export type AccountEntryView = z.infer<typeof AccountEntryView>;
export const AccountStatementView = pageOf(AccountEntryView)
  .extend({ account: AccountView })
  .openapi('LedgerAccountStatement');
export const AccountEntryQuery = PageQuery.strict();
export type AccountEntryQuery = z.infer<typeof AccountEntryQuery>;

const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'write a month, e.g. 2026-11' });
export const MonthChange = z.strictObject({ month: Month }).openapi('LedgerMonthChange');
export const MonthList = z.object({
  /** First day of the open months; null while none is closed. */
  openFrom: Day.nullable(),
  data: z.array(
    z
      .object({
        month: z.string(),
        closedAt: Instant,
        /** End of the journal when it was closed: for the reseller only. */
        sequence: z.number().int().optional(),
        hash: z.string().optional(),
      })
      .openapi('LedgerMonth'),
  ),
});

export const ExportQuery = z.strictObject({
  /** `csv`: an entry a line; `journal`: plain-text accounting, as hledger and Ledger read it. */
  format: z.enum(['csv', 'journal']).default('csv'),
  book: Book.optional(),
  /** First and last day, UTC. */
  from: Day.optional(),
  to: Day.optional(),
});
export type ExportQuery = z.infer<typeof ExportQuery>;
