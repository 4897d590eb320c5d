import { defineProblem } from '../kernel/errors.ts';

const WHY = {
  none: 'no account at Stripe was connected yet',
  incomplete: 'its onboarding at Stripe is not finished',
  restricted: 'Stripe asks for something more before it may be used',
  reseller_connected:
    'the reseller takes payments in an account of its own, so that nothing can be transferred from the platform; pay by SEPA',
} as const;
export type NotReadyReason = keyof typeof WHY;

export const PayoutAccountNotReady = defineProblem({
  code: 'settlement.payout_account_not_ready',
  status: 409,
  title: 'The payout account is not ready',
  detail: (x: { name: string; reason: NotReadyReason }) =>
    `${x.name} cannot be paid at Stripe: ${WHY[x.reason]}. Nothing was sent.`,
  extensions: (x) => ({ reason: x.reason }),
});
export const PaymentAccountNotReady = defineProblem({
  code: 'payment.account_not_ready',
  status: 409,
  title: 'The account for payments is not ready',
  detail: (x: { reason: NotReadyReason }) => `Your account at Stripe cannot take payments: ${WHY[x.reason]}.`,
  extensions: (x) => ({ reason: x.reason }),
});
export const StripeAway = defineProblem({
  code: 'connect.stripe_unavailable',
  status: 503,
  title: 'Stripe does not answer',
  detail: () => 'Nothing was changed. Try again in a moment.',
  headers: () => ({ 'retry-after': '10' }),
});
