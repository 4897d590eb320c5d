import { defineProblem } from '../kernel/errors.ts';

export const NotAnEInvoice = defineProblem({
  code: 'invoice.not_an_e_invoice',
  status: 409,
  title: 'The invoice cannot be given as XML',
  detail: (x: { number: string }) =>
    `EN 16931 wants the tax id and the country of the issuer, and ${x.number} was issued without a tax id that names one. Give the brand (or the agency) its tax id: the invoices after that have XML. The PDF is complete.`,
});
