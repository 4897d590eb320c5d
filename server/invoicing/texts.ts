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
  refundOf: 'Refund of booking',
  /** The mention the scheme demands, in the words of the law, with its meaning. */
  marginScheme: 'Régimen especial de las agencias de viajes (margin scheme for travel agents).',
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
  refundOf: 'Reembolso de la reserva',
  marginScheme: 'Régimen especial de las agencias de viajes.',
};

/** Words of an invoice; any language but Spanish gets English. */
export const textsFor = (locale: string): InvoiceTexts => (locale.startsWith('es') ? es : en);
