import { defineProblem } from '../kernel/errors.ts';

export const DisputeClosed = defineProblem({
  code: 'dispute.closed',
  status: 409,
  title: 'The dispute takes no answer',
  detail: (x: { state: string }) => `It is ${x.state.replaceAll('_', ' ')}: it was answered, or the bank has decided.`,
});
export const DisputeRefused = defineProblem({
  code: 'dispute.refused',
  status: 422,
  title: 'Stripe did not take the answer',
  detail: (x: { reason: string }) => `Nothing was sent to the bank. Stripe says: ${x.reason}`,
});
export const DisputeProviderAway = defineProblem({
  code: 'dispute.provider_unavailable',
  status: 503,
  title: 'Stripe does not answer',
  detail: () => 'It is not known whether the answer arrived. Look at the dispute again in a moment.',
  headers: () => ({ 'retry-after': '10' }),
});
