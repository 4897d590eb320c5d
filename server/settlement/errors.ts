import { defineProblem } from '../kernel/errors.ts';

export const WrongState = defineProblem({
  code: 'settlement.wrong_state',
  status: 409,
  title: 'The statement is in another state',
  detail: (x: { number: string; state: string; wanted: string }) =>
    `Statement ${x.number} is ${x.state} and cannot become ${x.wanted} from there. Read it again: somebody may have been quicker.`,
});
export const AgencyOnHold = defineProblem({
  code: 'settlement.agency_on_hold',
  status: 409,
  title: 'The agency is not approved',
  detail: (x: { name: string; state: string }) =>
    `${x.name} is ${x.state}: nothing is paid to it until it is approved. Its statements wait.`,
});
export const NothingToPay = defineProblem({
  code: 'settlement.nothing_to_pay',
  status: 409,
  title: 'There is nothing to pay by file',
  detail: () =>
    'No approved statement is waiting that can go into a SEPA file: approve statements first, and give their agencies an account in euros.',
  extensions: (x: { skipped: { statementId: string; number: string; reason: string }[] }) => ({ skipped: x.skipped }),
});
export const PayerAccountMissing = defineProblem({
  code: 'settlement.payer_account_missing',
  status: 409,
  title: 'Your own account is not set',
  detail: () => 'Set the account that payouts leave (Settlement terms) before you make a payment file.',
});
export const NoBankingDay = defineProblem({
  code: 'settlement.no_banking_day',
  status: 422,
  title: 'Banks do not execute on that day',
  detail: () => 'Choose a day from today to sixty days ahead, Monday to Friday.',
});
export const PayoutSent = defineProblem({
  code: 'settlement.payout_sent',
  status: 409,
  title: 'The payout was already sent',
  detail: (x: { number: string }) =>
    `The payout of ${x.number} is in a payment file. Mark it as paid when the bank executed it, or as returned when it came back.`,
});
export const CurrencyNotTenant = defineProblem({
  code: 'settlement.currency',
  status: 422,
  title: 'The amount has another currency',
  detail: (x: { expected: string }) => `Agencies are settled in ${x.expected} here. Send the amount in ${x.expected}.`,
});
export const NotPaidByTransfer = defineProblem({
  code: 'settlement.not_paid_by_transfer',
  status: 409,
  title: 'The agency is paid by SEPA',
  detail: (x: { name: string }) =>
    `${x.name} has not chosen to be paid at Stripe. Make a payment file, or let it choose Stripe first.`,
});
export const TransferUnfunded = defineProblem({
  code: 'settlement.transfer_unfunded',
  status: 409,
  title: 'The card money collected does not cover it',
  detail: (x: { number: string }) =>
    `${x.number} is more than what your customers have paid by card and you have not paid out yet. Pay it by SEPA.`,
});
export const PaidByTransfer = defineProblem({
  code: 'settlement.paid_by_transfer',
  status: 409,
  title: 'The payout went by Stripe',
  detail: (x: { number: string }) =>
    `${x.number} follows its transfer by itself: it is paid when Stripe has sent it, and returned when the transfer is reversed there.`,
});
