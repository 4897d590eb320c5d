import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound, ValidationFailed, type FieldFault } from '../../kernel/errors.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import { atMid, isOfTheFuture, isStale, usableRate, type ExchangeTable } from './exchange-table.ts';
import { convertCurrency } from '../convert-currency.ts';
import { currencyExponent } from '../../kernel/money-exponent.ts';
import { money } from '../../kernel/money.ts';
import { readRatesCsv } from './read-rates-csv.ts';
import {
  deleteRate,
  listRates,
  putRates,
  readExchangeSettings,
  updateExchangeSettings,
  type RateRow,
} from './repository.ts';
import type {
  ExchangeImport,
  ExchangeImportView,
  ExchangeRatePut,
  ExchangeSettingsChange,
  ExchangeView,
} from './schema.ts';

/** The reseller's rates at this moment, to price by or to value a refund at. */
export async function readExchangeTable(sql: TenantSql, sellingCurrency: string): Promise<ExchangeTable> {
  const [settings, rows] = [await readExchangeSettings(sql), await listRates(sql)];
  return {
    to: sellingCurrency,
    spreadBp: settings.spreadBp,
    maxAgeHours: settings.maxAgeHours,
    rates: Object.fromEntries(
      rows.map(({ currency, mid, source, quotedAt }) => [currency, { mid, source, at: quotedAt.toISOString() }]),
    ),
  };
}

/** What an amount is worth in the market now; undefined without a rate, or with one too old to tell. Minor units. */
export function marketValue(
  table: ExchangeTable,
  amount: { amount: number; currency: string },
  now: Date,
): number | undefined {
  const usable = usableRate(table, amount.currency, now.getTime());
  if (!usable.ok) return undefined;
  return atMid(amount.amount, { from: amount.currency, to: table.to, spreadBp: 0, ...usable.rate });
}

/** Settings, rates and what was not sold for want of one, as the console shows them. */
export async function viewExchange(
  sql: TenantSql,
  given: { sellingCurrency: string; hasFeed: boolean; leftOut: ReadonlyMap<string, number>; now: Date },
): Promise<ExchangeView> {
  const settings = await readExchangeSettings(sql);
  const rates = await listRates(sql);
  const stateOf = (rate: RateRow) =>
    isStale(rate.quotedAt.toISOString(), settings.maxAgeHours, given.now.getTime()) ? 'stale' : 'fresh';
  const known = new Map(rates.map((rate) => [rate.currency, stateOf(rate)]));
  return {
    sellingCurrency: given.sellingCurrency,
    settings,
    hasFeed: given.hasFeed,
    data: rates.map((rate) => ({
      currency: rate.currency,
      mid: rate.mid,
      source: rate.source,
      at: rate.quotedAt.toISOString(),
      state: stateOf(rate),
      sampleMinor: sampleOf(rate, given.sellingCurrency, settings.spreadBp),
    })),
    leftOut: [...given.leftOut].flatMap(([currency, offers]) =>
      known.get(currency) === 'fresh'
        ? []
        : [{ currency, offers, reason: known.has(currency) ? ('stale_rate' as const) : ('no_rate' as const) }],
    ),
  };
}

function sampleOf({ currency, mid, source, quotedAt }: RateRow, to: string, spreadBp: number): number {
  const hundred = money(100 * 10 ** currencyExponent(currency), currency);
  return convertCurrency(hundred, { from: currency, to, mid, spreadBp, source, at: quotedAt.toISOString() }).amount
    .amount;
}

interface Doer {
  readonly id: string | null;
  readonly sellingCurrency: string;
  readonly now: Date;
  readonly audit: AuditPen;
}

/** Sets the rate of one currency; quotes keep the one they were made at. @throws ValidationFailed for the selling currency itself, or the future */
export async function setRate(sql: TenantSql, doer: Doer, currency: string, put: ExchangeRatePut): Promise<void> {
  const at = put.at === undefined ? doer.now : new Date(put.at);
  const faults: FieldFault[] = [];
  if (currency === doer.sellingCurrency)
    faults.push({
      pointer: '/currency',
      code: 'own_currency',
      detail: `${currency} is what you sell in: it needs no rate`,
    });
  if (isOfTheFuture(at, doer.now))
    faults.push({ pointer: '/at', code: 'in_future', detail: 'at: a rate cannot be of the future' });
  if (faults.length > 0) throw ValidationFailed({ errors: faults });
  const before = (await listRates(sql)).find((rate) => rate.currency === currency);
  const rate = { currency, mid: put.mid, source: put.source, quotedAt: at };
  await putRates(sql, [rate], doer.id);
  doer.audit.note({ ...(before ? { before: { ...before } } : {}), after: { ...rate } });
}

/** Takes a rate away: nothing in its currency is sold any more. @throws NotFound */
export async function removeRate(sql: TenantSql, currency: string, audit: AuditPen = noAudit): Promise<void> {
  const before = (await listRates(sql)).find((rate) => rate.currency === currency);
  if (!before || (await deleteRate(sql, currency)) === 0) throw NotFound({ what: 'This exchange rate' });
  audit.note({ before: { ...before } });
}

/** Prices change with the next search; quotes keep theirs. @throws VersionChanged */
export async function changeExchangeSettings(
  sql: TenantSql,
  version: number,
  change: ExchangeSettingsChange,
  audit: AuditPen = noAudit,
): Promise<void> {
  const before = await readExchangeSettings(sql);
  await updateExchangeSettings(sql, version, change);
  audit.note({ before: { ...before }, after: { ...change, version: version + 1 } });
}

/** Sets rates from a file, all or none; currencies the file does not name keep theirs. @throws ValidationFailed naming lines, unless `dryRun` */
export async function importRates(
  sql: TenantSql,
  doer: Doer,
  { csv, dryRun }: ExchangeImport,
): Promise<ExchangeImportView> {
  const { rates, faults } = readRatesCsv(csv, { sellingCurrency: doer.sellingCurrency, now: doer.now });
  if (faults.length > 0 && !dryRun)
    throw ValidationFailed({
      errors: faults.map(({ line, column, code, detail }) => ({
        pointer: `/lines/${line}${column === null ? '' : `/${column}`}`,
        code,
        detail: `Line ${line}: ${detail}`,
      })),
    });
  if (!dryRun) await putRates(sql, rates, doer.id);
  doer.audit.note({ details: { rates: rates.length, dryRun } });
  return { dryRun, rates: rates.length, errors: faults };
}
