import type { DisputeNotice } from '../disputes/index.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import type { Mails } from '../themes/index.ts';

/** Data of a mail about a dispute. */
export function disputeMail({
  recipientName,
  step,
  reference,
  amount,
  dueAt,
  url,
}: DisputeNotice): Mails['dispute-notice'] {
  return {
    recipientName,
    step,
    reference,
    url,
    amount: { ...amount, exponent: currencyExponent(amount.currency) },
    ...(dueAt === null ? {} : { dueOn: dueAt.slice(0, 10) }),
  };
}
