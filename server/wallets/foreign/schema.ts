import { z } from 'zod';
import { Instant, MoneyView, PageQuery, Uuid, pageOf } from '../../kernel/http/wire.ts';
import { CurrencyCode } from '../../pricing/index.ts';

export const CurrencyParam = z.object({ currency: CurrencyCode });
export const AgencyCurrencyParams = z.object({ id: Uuid, currency: CurrencyCode });

/** A currency that the reader's level takes from the agencies directly below it. */
export const WalletCurrencyView = z
  .object({
    currency: z.string().length(3),
    /** Kept of the middle rate, basis points. */
    spreadBp: z.number().int(),
    /** False: nothing more is paid in; what is there is still exchanged. */
    isOpen: z.boolean(),
    updatedAt: Instant,
  })
  .openapi('WalletCurrency');
export const WalletCurrencyList = z.object({
  /** What wallets are kept in. */
  sellingCurrency: z.string().length(3),
  canChange: z.boolean(),
  data: z.array(WalletCurrencyView),
});
export type WalletCurrencyList = z.infer<typeof WalletCurrencyList>;
export const WalletCurrencyPut = z
  .strictObject({ spreadBp: z.number().int().min(0).max(5000) })
  .openapi('WalletCurrencyPut');

/** What is prepaid in another currency than the wallet's. It has no credit and is never below zero. */
export const ForeignBalanceView = z
  .object({
    balance: MoneyView,
    /** Smallest and largest transfer; null where the parent takes no more of it, or the reader may not pay in. */
    topUp: z.object({ minimum: MoneyView, maximum: MoneyView }).nullable(),
    spreadBp: z.number().int(),
    /** Null: there is none now that may be used, so nothing can be exchanged. */
    rate: z.object({ mid: z.string(), source: z.string(), at: Instant }).nullable(),
    /** What the balance would be exchanged for now. */
    worth: MoneyView.nullable(),
  })
  .openapi('WalletForeignBalance');
export type ForeignBalanceView = z.infer<typeof ForeignBalanceView>;
export const ForeignBalancesView = z
  .object({
    /** What it is exchanged into. */
    currency: z.string().length(3),
    /** Whether the reader may exchange and switch. */
    canExchange: z.boolean(),
    /** Whether what a booking lacks is exchanged by itself. */
    autoExchange: z.boolean(),
    /** What the parent accepts and what there is, by currency. */
    data: z.array(ForeignBalanceView),
  })
  .openapi('WalletForeignBalances');
export type ForeignBalancesView = z.infer<typeof ForeignBalancesView>;

export const AutoExchangeUpdate = z.strictObject({ autoExchange: z.boolean() }).openapi('WalletAutoExchangeUpdate');

export const ForeignEntryView = z
  .object({
    id: Uuid,
    kind: z.enum(['top_up', 'adjustment', 'exchange']),
    amount: MoneyView,
    balanceAfter: MoneyView,
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    reason: z.string().nullable(),
    createdAt: Instant,
  })
  .openapi('WalletForeignEntry');
export type ForeignEntryView = z.infer<typeof ForeignEntryView>;
export const ForeignEntryList = pageOf(ForeignEntryView);
export const ForeignEntryQuery = PageQuery.strict();
export type ForeignEntryQuery = z.infer<typeof ForeignEntryQuery>;

export const ExchangeCreate = z
  .strictObject({
    /** What to exchange, in the currency it is held in. */
    amount: z.strictObject({
      amount: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
      currency: CurrencyCode,
    }),
  })
  .openapi('WalletExchangeCreate');

/** An exchange, or the quote of one: it stands until `expiresAt` and is done once. */
export const ExchangeView = z
  .object({
    id: Uuid,
    agency: z.object({ id: Uuid, name: z.string() }),
    /** Who keeps the wallet; `id` null is the reseller. */
    parent: z.object({ id: Uuid.nullable(), name: z.string() }),
    state: z.enum(['quoted', 'expired', 'done']),
    given: MoneyView,
    got: MoneyView,
    /** One unit of what is given in the currency got, before the spread. */
    mid: z.string(),
    spreadBp: z.number().int(),
    source: z.string(),
    /** When the market stood there. */
    rateAt: Instant,
    expiresAt: Instant,
    /** The booking that lacked it, where it was exchanged by itself. */
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    createdAt: Instant,
    doneAt: Instant.nullable(),
  })
  .openapi('WalletExchange');
export type ExchangeView = z.infer<typeof ExchangeView>;
export const ExchangeList = pageOf(ExchangeView);
export const ExchangeQuery = PageQuery.extend({
  agencyId: Uuid.optional(),
  /** Only those that were done. */
  done: z.enum(['true']).optional(),
}).strict();
export type ExchangeQuery = z.infer<typeof ExchangeQuery>;
