import { defineProblem } from '../kernel/errors.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import { formatDecimalAmount } from '../kernel/money.ts';

export const NotAnEInvoice = defineProblem({
  code: 'invoice.not_an_e_invoice',
  status: 409,
  title: 'The invoice cannot be given as XML',
  detail: (x: { number: string }) =>
    `EN 16931 wants the tax id and the country of the issuer, and ${x.number} was issued without a tax id that names one. Give the brand (or the agency) its tax id: the invoices after that have XML. The PDF is complete.`,
});
export const NotCreditable = defineProblem({
  code: 'invoice.not_creditable',
  status: 409,
  title: 'A credit note is not corrected by another',
  detail: (x: { number: string }) =>
    `${x.number} is itself a credit note. Issue a new invoice if too much was given back.`,
});
export const CreditExceedsInvoice = defineProblem({
  code: 'invoice.credit_exceeds_invoice',
  status: 409,
  title: 'More than is left of the invoice',
  detail: (x: { number: string; left: number; currency: string }) =>
    `Of ${x.number} there is ${formatDecimalAmount(x.left, currencyExponent(x.currency))} ${x.currency} left to take back. Send that or less.`,
  extensions: (x: { left: number; currency: string }) => ({ left: { amount: x.left, currency: x.currency } }),
});
export const NifInUse = defineProblem({
  code: 'invoice.nif_in_use',
  status: 409,
  title: 'The NIF keeps records for somebody else',
  detail: (x: { nif: string }) =>
    `Another company here keeps VeriFactu records under ${x.nif}, and a chain has one issuer. Check the tax id you entered; if it is yours, write to support.`,
});
export const NoSpanishTaxId = defineProblem({
  code: 'invoice.no_spanish_tax_id',
  status: 409,
  title: 'VeriFactu is for Spanish companies',
  detail: () =>
    'Records are kept for issuers with a Spanish NIF that invoice in euros. Enter your NIF as tax id of the brand (or of the agency) first.',
});
