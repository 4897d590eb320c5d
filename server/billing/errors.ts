import { defineProblem } from '../kernel/errors.ts';

export const MonthNotOver = defineProblem({
  code: 'billing.month_not_over',
  status: 400,
  title: 'The month is not over',
  detail: (x: { month: string }) =>
    `${x.month} has not ended (UTC), or is no month. Give one that is over, like 2026-10.`,
});
export const LaterMonthBilled = defineProblem({
  code: 'billing.later_month_billed',
  status: 409,
  title: 'A later month was invoiced already',
  detail: (x: { tenant: string; month: string }) =>
    `${x.tenant} has an invoice of a month after ${x.month}, which took up its fees too. Nothing is left to invoice.`,
});
export const InvoiceUnknown = defineProblem({
  code: 'billing.invoice_unknown',
  status: 404,
  title: 'No such invoice of the platform',
  detail: (x: { number: string }) => `There is no invoice ${x.number}. Try: portolan billing list`,
});
