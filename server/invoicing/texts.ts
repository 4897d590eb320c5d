import type { LineTax } from '../tax/index.ts';

const en = {
  invoice: 'Invoice',
  simplified_invoice: 'Simplified invoice',
  credit_note: 'Credit note',
  number: 'Number',
  issuedOn: 'Date of issue',
  booking: 'Booking',
  corrects: 'Corrects invoice',
  correctsOf: 'of',
  issuer: 'Issued by',
  customer: 'Billed to',
  taxId: 'Tax id',
  description: 'Description',
  quantity: 'Quantity',
  amount: 'Amount',
  total: 'Total',
  included: 'Taxes included.',
  taxBase: 'Before VAT',
  vat: 'VAT',
  refundOf: 'Refund of booking',
  creditOf: 'Correction of invoice',
  reason: 'Reason',
  rectification: 'Kind of correction',
  byDifferences: 'by differences',
  refundTerms: 'Given back by the means it was paid with.',
  /** The mention the scheme demands, in the words of the law, with its meaning. */
  marginScheme: 'Régimen especial de las agencias de viajes (margin scheme for travel agents).',
  reverseCharge: 'Reverse charge: VAT is due from the customer (Directive 2006/112/EC, article 196).',
  outside: 'Outside the scope of EU VAT.',
};

export type InvoiceTexts = typeof en;

const es: InvoiceTexts = {
  invoice: 'Factura',
  simplified_invoice: 'Factura simplificada',
  credit_note: 'Factura rectificativa',
  number: 'Número',
  issuedOn: 'Fecha de expedición',
  booking: 'Reserva',
  corrects: 'Rectifica la factura',
  correctsOf: 'de',
  issuer: 'Emisor',
  customer: 'Destinatario',
  taxId: 'NIF',
  description: 'Descripción',
  quantity: 'Cantidad',
  amount: 'Importe',
  total: 'Total',
  included: 'Impuestos incluidos.',
  taxBase: 'Base imponible',
  vat: 'IVA',
  refundOf: 'Reembolso de la reserva',
  creditOf: 'Rectificación de la factura',
  reason: 'Motivo',
  rectification: 'Tipo de rectificación',
  byDifferences: 'por diferencias',
  refundTerms: 'Se devuelve por el mismo medio de pago.',
  marginScheme: 'Régimen especial de las agencias de viajes.',
  reverseCharge: 'Inversión del sujeto pasivo (Directiva 2006/112/CE, artículo 196).',
  outside: 'Operación no sujeta al IVA de la Unión Europea.',
};

/** Words of an invoice; any language but Spanish gets English. */
export const textsFor = (locale: string): InvoiceTexts => (locale.startsWith('es') ? es : en);

/** The mentions the law demands for how lines are taxed, each once. */
export function notesOf(taxes: readonly LineTax[], locale: string): string[] {
  const texts = textsFor(locale);
  const mention = {
    margin: texts.marginScheme,
    ordinary: '',
    reverse_charge: texts.reverseCharge,
    outside: texts.outside,
  };
  return [...new Set(taxes.map(({ scheme }) => mention[scheme]))].filter((text) => text !== '');
}
