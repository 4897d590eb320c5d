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
export const CountryUnknown = defineProblem({
  code: 'connect.country_unknown',
  status: 422,
  title: 'The country of the business is not known',
  detail: () =>
    'Say where the business is: its tax id does not tell, and the country of an account cannot be changed later.',
  extensions: () => ({ errors: [{ pointer: '/country', code: 'missing', detail: 'Two capital letters, e.g. ES.' }] }),
});
export const OnboardingUnderWay = defineProblem({
  code: 'connect.onboarding_under_way',
  status: 409,
  title: 'An account is being connected already',
  detail: () =>
    'Somebody began to connect one, for another country or under another name. Choose what was chosen then, or try again tomorrow.',
});
export const StripeAway = defineProblem({
  code: 'connect.stripe_unavailable',
  status: 503,
  title: 'Stripe does not answer',
  detail: () => 'Nothing was changed. Try again in a moment.',
  headers: () => ({ 'retry-after': '10' }),
});
