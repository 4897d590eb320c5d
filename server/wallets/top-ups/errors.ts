import { defineProblem } from '../../kernel/errors.ts';
import type { Money } from '../../kernel/money.ts';

export const TopUpOutOfRange = defineProblem({
  code: 'wallet.top_up_out_of_range',
  status: 422,
  title: 'The amount is too small or too large',
  detail: () => 'Send an amount between minimum and maximum; pay more in several top-ups.',
  extensions: (x: { minimum: Money; maximum: Money }) => ({ minimum: x.minimum, maximum: x.maximum }),
});
export const CardNotHere = defineProblem({
  code: 'wallet.card_not_here',
  status: 409,
  title: 'This wallet is not topped up by card',
  detail: () =>
    'Cards are taken by the reseller, and this wallet is kept by another agency. Announce a bank transfer instead.',
});
export const CardOwnCurrency = defineProblem({
  code: 'wallet.card_own_currency',
  status: 422,
  title: "Cards pay in the wallet's own currency",
  detail: () =>
    'In other currencies a balance is paid into by bank transfer. Announce one, or pay in the currency of the wallet.',
});
export const TopUpOver = defineProblem({
  code: 'wallet.top_up_over',
  status: 409,
  title: 'The top-up does not wait any more',
  detail: (x: { state: string }) => `It is ${x.state} already and stays so. Read it again.`,
});
export const OwnTopUp = defineProblem({
  code: 'wallet.own_top_up',
  status: 403,
  title: 'Somebody else must decide',
  detail: () => 'Who announced a top-up does not approve or refuse it. Ask a colleague.',
});
export const TooManyTopUps = defineProblem({
  code: 'wallet.too_many_top_ups',
  status: 409,
  title: 'Too many top-ups are waiting',
  detail: (x: { limit: number }) => `At most ${x.limit} top-ups of a wallet wait at a time. Withdraw one, or wait.`,
});
