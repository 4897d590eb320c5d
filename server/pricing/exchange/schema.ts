import { z } from 'zod';
import { Instant, MoneyView, Uuid } from '../../kernel/http/wire.ts';
import { isCurrency } from './is-currency.ts';

/** ISO 4217, upper case. */
export const CurrencyCode = z
  .string()
  .trim()
  .toUpperCase()
  .refine(isCurrency, { error: 'must be a currency of ISO 4217, e.g. JPY' });

/** Decimal text, exactly as given: a JSON number would lose what a binary fraction cannot hold. */
export const Mid = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,12})?$/, { error: 'must be a decimal with at most 12 places after a point, e.g. 0.006125' })
  .refine((text) => /[1-9]/.test(text), { error: 'must be more than zero' });
const Source = z.string().trim().min(1).max(80);

export const ExchangeRateView = z
  .object({
    currency: z.string().length(3),
    mid: z.string(),
    source: z.string(),
    /** When the market stood there. */
    at: Instant,
    /** `stale`: older than you allow, offers in this currency are not shown. */
    state: z.enum(['fresh', 'stale']),
    /** What is asked for a hundred units of the currency, spread included; minor units of the selling currency. */
    sampleMinor: z.number().int(),
  })
  .openapi('ExchangeRate');
export type ExchangeRateView = z.infer<typeof ExchangeRateView>;

const settingsFields = {
  /** Added to the middle rate, basis points. */
  spreadBp: z.number().int().min(0).max(5000),
  /** An older rate sells nothing. Reference rates are not taken at weekends and on holidays. */
  maxAgeHours: z.number().int().min(1).max(8760),
  /** Whether the platform's daily rates are taken over. */
  takesFeed: z.boolean(),
};
export const ExchangeSettingsView = z
  .object({ ...settingsFields, version: z.number().int() })
  .openapi('ExchangeSettings');
export type ExchangeSettingsView = z.infer<typeof ExchangeSettingsView>;
export const ExchangeSettingsChange = z.strictObject(settingsFields).openapi('ExchangeSettingsChange');
export type ExchangeSettingsChange = z.infer<typeof ExchangeSettingsChange>;

export const ExchangeView = z
  .object({
    sellingCurrency: z.string().length(3),
    settings: ExchangeSettingsView,
    /** Whether the platform has a source of daily rates. */
    hasFeed: z.boolean(),
    data: z.array(ExchangeRateView),
    /** Offers of the last day that were not shown for want of a rate. */
    leftOut: z.array(
      z.object({ currency: z.string(), offers: z.number().int(), reason: z.enum(['no_rate', 'stale_rate']) }),
    ),
  })
  .openapi('Exchange');
export type ExchangeView = z.infer<typeof ExchangeView>;

/** How a price came out of the supplier's currency. */
export const FrozenExchangeView = z
  .object({
    /** What the supplier asks. */
    net: MoneyView,
    mid: z.string(),
    spreadBp: z.number().int(),
    source: z.string(),
    at: Instant,
    /** What the spread earns; minor units of the selling currency. */
    earningMinor: z.number().int(),
  })
  .openapi('FrozenExchange');
export type FrozenExchangeView = z.infer<typeof FrozenExchangeView>;

export const CurrencyParams = z.object({ currency: CurrencyCode });
export const ExchangeRatePut = z
  .strictObject({
    mid: Mid,
    source: Source,
    /** Left out: now. Never in the future. */
    at: Instant.optional(),
  })
  .openapi('ExchangeRatePut');
export type ExchangeRatePut = z.infer<typeof ExchangeRatePut>;

export const ExchangeImport = z
  .strictObject({
    /** Columns `currency`, `mid`, `source`, and perhaps `at` (an instant or a day). */
    csv: z.string().min(1).max(100_000),
    dryRun: z.boolean().default(false),
  })
  .openapi('ExchangeImport');
export type ExchangeImport = z.infer<typeof ExchangeImport>;
export const ExchangeImportView = z
  .object({
    dryRun: z.boolean(),
    rates: z.number().int(),
    errors: z.array(
      z.object({ line: z.number().int(), column: z.string().nullable(), code: z.string(), detail: z.string() }),
    ),
  })
  .openapi('ExchangeImportResult');
export type ExchangeImportView = z.infer<typeof ExchangeImportView>;

export const ExchangeHistoryView = z
  .object({
    data: z.array(
      z.object({
        id: z.string(),
        /** Null: the rate was taken away. */
        mid: z.string().nullable(),
        source: z.string(),
        at: Instant,
        /** Who set it; null: the platform's daily rates. */
        changedBy: Uuid.nullable(),
        recordedAt: Instant,
      }),
    ),
  })
  .openapi('ExchangeRateHistory');
