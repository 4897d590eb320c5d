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
    `${x.tenant} has an invoice of a month after ${x.month}, which took up the fees of its sales too. The plan's fee of ${x.month}, if one was due, can only be asked for outside.`,
});
export const EarlierMonthOpen = defineProblem({
  code: 'billing.earlier_month_open',
  status: 409,
  title: 'An earlier month was not invoiced',
  detail: (x: { tenant: string; month: string; first: string }) =>
    `Months are invoiced in order, so that none loses its plan's fee: ${x.tenant} has no invoice of ${x.first}. First: portolan billing close --month ${x.first}`,
});
export const PlanCurrencyDiffers = defineProblem({
  code: 'billing.plan_currency_differs',
  status: 409,
  title: 'The plan is in another currency',
  detail: (x: { tenant: string; plan: string; planCurrency: string | null; currency: string }) =>
    `The monthly fee of the plan ${x.plan} is in ${x.planCurrency ?? 'no currency'} (monthly_currency), and ${x.tenant} keeps its books in ${x.currency}. Give the tenant a plan in ${x.currency}.`,
});
export const InvoiceUnknown = defineProblem({
  code: 'billing.invoice_unknown',
  status: 404,
  title: 'No such invoice of the platform',
  detail: (x: { number: string }) => `There is no invoice ${x.number}. Try: portolan billing list`,
});
