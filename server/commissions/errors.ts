import { defineProblem } from '../kernel/errors.ts';

export const AdjustmentDecided = defineProblem({
  code: 'commission.adjustment_decided',
  status: 409,
  title: 'Somebody decided it before',
  detail: (x: { state: string }) =>
    `This correction was already ${x.state}. Read it again; if it is wrong, make another one that takes it back.`,
});
export const AuthorMayNotApprove = defineProblem({
  code: 'commission.author_may_not_approve',
  status: 403,
  title: 'A second person must approve it',
  detail: () =>
    'The amount is above the limit that one person may sign for: somebody other than its author has to approve it, signed in as a person.',
});
export const AdjustmentCurrency = defineProblem({
  code: 'commission.adjustment_currency',
  status: 422,
  title: 'The amount has another currency',
  detail: (x: { expected: string }) => `Agencies are settled in ${x.expected} here. Send the amount in ${x.expected}.`,
});
export const AdjustmentBooking = defineProblem({
  code: 'commission.adjustment_booking',
  status: 422,
  title: 'The booking is not of this agency',
  detail: () =>
    'Name a booking the agency sold or took part in, by its id, or leave it out when the correction is about none.',
});
