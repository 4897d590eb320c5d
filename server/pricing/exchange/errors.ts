import { defineProblem } from '../../kernel/errors.ts';

export const ExchangeRateMissing = defineProblem({
  code: 'pricing.no_exchange_rate',
  status: 409,
  title: 'There is no exchange rate',
  detail: (x: { currency: string; reason: 'no_rate' | 'stale_rate' }) =>
    x.reason === 'no_rate'
      ? `The supplier asks in ${x.currency} and there is no rate for it, so nothing can be priced. Set one under exchange rates.`
      : `The rate of ${x.currency} is older than is allowed, so nothing can be priced. Set a newer one under exchange rates.`,
});
