import { invalidParam, missingParam } from './errors.ts';
import { readInteger, requireString } from './params.ts';
import type { Params } from './params.ts';

/** docs.stripe.com/currencies: the smallest charge by settlement currency, in minor units; others count as 50. */
const MINIMUM: Record<string, number> = {
  usd: 50,
  aed: 200,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};
const ZERO_DECIMAL = new Set([
  'bif',
  'clp',
  'djf',
  'gnf',
  'jpy',
  'kmf',
  'krw',
  'mga',
  'pyg',
  'rwf',
  'ugx',
  'vnd',
  'vuv',
  'xaf',
  'xof',
  'xpf',
]);
const THREE_DECIMAL = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);
const KNOWN = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));
const LARGEST = 99_999_999;

/** How many decimals Stripe's minor unit has in this currency (ISO 4217 code, any case). */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  const code = currency.toLowerCase();
  if (ZERO_DECIMAL.has(code)) return 0;
  return THREE_DECIMAL.has(code) ? 3 : 2;
}

/** Prints an amount of minor units for people. */
export function formatAmount(amount: number, currency: string, locale = 'en'): string {
  const decimals = decimalsOf(currency);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    useGrouping: 'always',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(amount / 10 ** decimals);
}

export function readCurrency(params: Params, key = 'currency', path = key): string {
  const currency = requireString(params, key, path).toLowerCase();
  if (!KNOWN.has(currency)) {
    throw invalidParam(
      path,
      `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...KNOWN].join(', ')}`,
    );
  }
  return currency;
}

/** Checks an amount to charge, in minor units, against Stripe's limits for its currency. */
export function checkChargeable(amount: number, currency: string, param = 'amount'): number {
  if (amount < 1)
    throw invalidParam(param, 'This value must be greater than or equal to 1.', 'parameter_invalid_integer');
  if (amount > LARGEST)
    throw invalidParam(param, `Amount must be no more than ${formatAmount(LARGEST, currency)}`, 'amount_too_large');
  const smallest = MINIMUM[currency] ?? 50;
  if (amount < smallest)
    throw invalidParam(
      param,
      `Amount must be at least ${formatAmount(smallest, currency)} ${currency}`,
      'amount_too_small',
    );
  if (decimalsOf(currency) === 3 && amount % 10 !== 0) {
    throw invalidParam(
      param,
      `The amount ${amount} is not valid in ${currency.toUpperCase()}: the last digit must be 0, because the card networks settle it with two decimals.`,
      'invalid_charge_amount',
    );
  }
  return amount;
}

export function readAmount(params: Params, currency: string): number {
  const amount = readInteger(params, 'amount');
  if (amount === undefined) throw missingParam('amount');
  return checkChargeable(amount, currency);
}
