import { parseDecimalAmount, type Money } from '../../kernel/money.ts';
import { currencyExponent } from '../../reference/index.ts';
import type { NetPrice } from '../offer.ts';
import type { WireAmounts } from './wire.ts';

/** Minor units of a decimal string, exactly. */
export const readAmount = (text: string, currency: string): Money =>
  parseDecimalAmount(text, currency, currencyExponent(currency));

/** Total and base as given; taxes are what is between them, so that the parts always make the whole. */
export function readNet(given: { total: string; base: string | null; currency: string }): NetPrice {
  const total = readAmount(given.total, given.currency).amount;
  const base = given.base === null ? total : Math.min(total, readAmount(given.base, given.currency).amount);
  return { base, taxes: total - base, total, currency: given.currency };
}

export const readStayNet = (wire: WireAmounts): NetPrice =>
  readNet({ total: wire.total_amount, base: wire.base_amount, currency: wire.total_currency });

/** Nothing due is null, not zero. */
export function readDueAtProperty(wire: WireAmounts): Money | null {
  const { due_at_accommodation_amount: amount, due_at_accommodation_currency: currency } = wire;
  if (amount === null || !currency) return null;
  const due = readAmount(amount, currency);
  return due.amount === 0 ? null : due;
}
