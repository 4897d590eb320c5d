import { money, type Money } from '../../kernel/money.ts';
import { convertCurrency, type ExchangeRate } from '../convert-currency.ts';

/** A supplier's price. `base + taxes = total`, minor units of `currency`. */
export interface NetAmount {
  readonly base: number;
  readonly taxes: number;
  readonly total: number;
  readonly currency: string;
}

export interface StoredRate {
  /** Decimal string: one unit of the currency in the selling currency. */
  readonly mid: string;
  readonly source: string;
  /** Instant of the rate, ISO 8601 UTC. */
  readonly at: string;
}

/** What a reseller sells other currencies at: its rates, its spread, and how old a rate may be. */
export interface ExchangeTable {
  /** The selling currency. */
  readonly to: string;
  readonly spreadBp: number;
  readonly maxAgeHours: number;
  readonly rates: Readonly<Record<string, StoredRate>>;
}

/** The exchange of one price, frozen with it: what the supplier asks, at which rate, and what the spread earns. */
export interface FrozenExchange {
  readonly rate: ExchangeRate;
  readonly net: NetAmount;
  /** Minor units of the selling currency; part of the net the sale is priced on. */
  readonly earningMinor: number;
}

export type Exchanged =
  | { readonly ok: true; readonly net: NetAmount; readonly fx?: FrozenExchange }
  | { readonly ok: false; readonly reason: 'no_rate' | 'stale_rate' };

const HOUR_MS = 3_600_000;

/** Clocks differ a little; a rate of tomorrow is a mistake. */
const FUTURE_SLACK_MS = 5 * 60_000;
export const isOfTheFuture = (at: Date, now: Date): boolean => at.getTime() > now.getTime() + FUTURE_SLACK_MS;

export const isStale = (at: string, maxAgeHours: number, now: number): boolean =>
  now - Date.parse(at) > maxAgeHours * HOUR_MS;

/**
 * The rate of a currency, if there is one young enough to be used.
 * @param now milliseconds since the epoch
 */
export function usableRate(
  table: ExchangeTable,
  currency: string,
  now: number,
):
  { readonly ok: true; readonly rate: StoredRate } | { readonly ok: false; readonly reason: 'no_rate' | 'stale_rate' } {
  const rate = table.rates[currency];
  if (!rate) return { ok: false, reason: 'no_rate' };
  return isStale(rate.at, table.maxAgeHours, now) ? { ok: false, reason: 'stale_rate' } : { ok: true, rate };
}

/**
 * A supplier's price in the selling currency (money.md, example E): the total is converted, and the base; taxes are what is between, so
 * that the parts make the whole. Without a rate, or with one older than the reseller allows, there is no price: never a guess.
 * @param now milliseconds since the epoch
 */
export function exchangeNet(net: NetAmount, table: ExchangeTable, now: number): Exchanged {
  if (net.currency === table.to) return { ok: true, net };
  const usable = usableRate(table, net.currency, now);
  if (!usable.ok) return usable;
  const rate: ExchangeRate = { from: net.currency, to: table.to, spreadBp: table.spreadBp, ...usable.rate };
  const whole = convertCurrency(money(net.total, net.currency), rate);
  const total = whole.amount.amount;
  const base = Math.min(total, convertCurrency(money(net.base, net.currency), rate).amount.amount);
  return {
    ok: true,
    net: { base, taxes: total - base, total, currency: table.to },
    fx: { rate, net, earningMinor: whole.earningMinor },
  };
}

/** An amount that goes with a net, at the same rate; null without a usable one. Minor units of the selling currency. */
export function exchangeAmount(amount: Money, table: ExchangeTable, now: number): number | null {
  const exchanged = exchangeNet({ base: 0, taxes: 0, total: amount.amount, currency: amount.currency }, table, now);
  return exchanged.ok ? exchanged.net.total : null;
}

/** What an amount of the supplier's currency is worth in the middle of the market, without the spread; minor units. */
export const atMid = (amountMinor: number, rate: ExchangeRate): number =>
  convertCurrency(money(amountMinor, rate.from), { ...rate, spreadBp: 0 }).amount.amount;
