import { defineProblem } from '../kernel/errors.ts';
import type { CaseState } from './reconciliation.ts';

export const CaseSettled = defineProblem({
  code: 'reconciliation.case_settled',
  status: 409,
  title: 'The case is settled already',
  detail: (x: { state: CaseState }) => `It is ${x.state}. Look at it again.`,
});
export const CaseMoved = defineProblem({
  code: 'reconciliation.case_moved',
  status: 409,
  title: 'The books have moved since',
  detail: () =>
    'Something was posted since this difference was found. The case shows the new amounts: look at it again.',
});
export const CaseNotLinkable = defineProblem({
  code: 'reconciliation.not_linkable',
  status: 409,
  title: 'This case cannot be linked to a booking',
  detail: () =>
    'Only a payment or refund at the payment service that belongs to no booking is linked by hand. Accept any other.',
});
export const ProposerMayNotApprove = defineProblem({
  code: 'reconciliation.second_person',
  status: 403,
  title: 'A second person has to approve this difference',
  detail: () => 'It is above the limit one person may sign for. A colleague approves it, not who proposed it.',
});
export const DayNotOver = defineProblem({
  code: 'reconciliation.day_not_over',
  status: 422,
  title: 'This day is not over',
  detail: (x: { day: string }) => `Only days that have ended (UTC) are compared; ${x.day} has not.`,
});
