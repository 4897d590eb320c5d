import { defineProblem } from '../kernel/errors.ts';

export const MonthClosed = defineProblem({
  code: 'ledger.month_closed',
  status: 409,
  title: 'The month is closed',
  detail: (x: { openFrom: string }) =>
    `Nothing is posted before ${x.openFrom}: that part of the ledger is closed. Date it in an open month, or open the last closed one again.`,
});
export const MonthNotEnded = defineProblem({
  code: 'ledger.month_not_ended',
  status: 422,
  title: 'The month has not ended',
  detail: (x: { month: string }) => `${x.month} still runs (UTC). Close it when it has ended.`,
});
export const MonthAlreadyClosed = defineProblem({
  code: 'ledger.month_already_closed',
  status: 409,
  title: 'The month is closed already',
  detail: (x: { month: string }) => `${x.month} was closed before; the months before it are closed with it.`,
});
export const NotTheLastMonth = defineProblem({
  code: 'ledger.not_the_last_month',
  status: 409,
  title: 'Only the last closed month can be opened again',
  detail: (x: { last: string | null }) =>
    x.last === null ? 'No month is closed.' : `The last closed month is ${x.last}. Open that one.`,
});
export const BooksDoNotHold = defineProblem({
  code: 'ledger.books_do_not_hold',
  status: 409,
  title: 'The books do not hold',
  detail: () =>
    'A book does not sum to zero, so that its month cannot be closed. Ask the operator to verify the ledger.',
});
