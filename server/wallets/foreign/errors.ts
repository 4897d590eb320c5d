import { defineProblem } from '../../kernel/errors.ts';
import type { Money } from '../../kernel/money.ts';

export const CurrencyNotAccepted = defineProblem({
  code: 'wallet.currency_not_accepted',
  status: 422,
  title: 'This currency is not accepted',
  detail: (x: { currency: string }) =>
    `Your provider does not take ${x.currency}. Pay in the wallet's own currency, or in one that it accepts.`,
});
export const ForeignBalanceShort = defineProblem({
  code: 'wallet.foreign_balance_short',
  status: 409,
  title: 'The balance in this currency is too small',
  detail: () => 'Nothing was exchanged: less is there than was asked for. Ask for at most what is available.',
  extensions: (x: { available: Money }) => ({ available: x.available }),
});
export const NoExchangeRate = defineProblem({
  code: 'wallet.no_exchange_rate',
  status: 409,
  title: 'There is no exchange rate',
  detail: (x: { currency: string; reason: 'no_rate' | 'stale_rate' }) =>
    x.reason === 'no_rate'
      ? `There is no rate for ${x.currency} now, so nothing can be exchanged. Try again later.`
      : `The rate of ${x.currency} is too old to exchange by. Try again when there is a newer one.`,
});
export const ExchangeTooSmall = defineProblem({
  code: 'wallet.exchange_too_small',
  status: 422,
  title: 'The amount is too small to exchange',
  detail: () => 'What it is worth rounds to nothing. Ask for a larger amount.',
});
export const ExchangeQuoteExpired = defineProblem({
  code: 'wallet.exchange_quote_expired',
  status: 409,
  title: 'The quote has expired',
  detail: () => 'A rate stands for a minute. Nothing was exchanged: ask for a new quote.',
});
