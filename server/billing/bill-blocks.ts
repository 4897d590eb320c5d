import { formatMoney, regionalLocale } from '../kernel/money-format.ts';
import type { PdfBlock } from '../kernel/pdf/index.ts';
import type { PlatformInvoice } from './repository.ts';

const en = {
  title: 'Platform invoice',
  number: 'Number',
  month: 'Month',
  issued: 'Date of issue',
  due: 'Due on',
  customer: 'Billed to',
  taxId: 'Tax id',
  description: 'Description',
  amount: 'Amount',
  monthly: 'Plan',
  fees: 'Fees of sales, less those of refunds',
  taken: 'Already taken with card payments',
  total: 'Total',
  vat: 'VAT is not reckoned on this document.',
};
const es: typeof en = {
  title: 'Factura de la plataforma',
  number: 'Número',
  month: 'Mes',
  issued: 'Fecha de expedición',
  due: 'Vencimiento',
  customer: 'Destinatario',
  taxId: 'NIF',
  description: 'Descripción',
  amount: 'Importe',
  monthly: 'Plan',
  fees: 'Tarifas de ventas, menos las de reembolsos',
  taken: 'Ya cobrado con pagos con tarjeta',
  total: 'Total',
  vat: 'En este documento no se calcula el IVA.',
};
export const billTexts = (locale: string): typeof en => (locale.startsWith('es') ? es : en);

/** The content of a platform invoice's PDF, in the reader's language. */
export function billBlocks(invoice: PlatformInvoice, locale: string): PdfBlock[] {
  const texts = billTexts(locale);
  const money = (amount: number) => formatMoney({ amount, currency: invoice.currency }, locale);
  const day = (instant: Date) =>
    new Intl.DateTimeFormat(regionalLocale(locale), { dateStyle: 'long', timeZone: 'UTC' }).format(instant);
  const { name, taxId, address } = invoice.customer;
  const lines = [name, taxId ? `${texts.taxId}: ${taxId}` : '', address ?? ''].filter((line) => line !== '');
  return [
    { kind: 'heading', level: 1, text: texts.title },
    {
      kind: 'facts',
      rows: [
        [texts.number, invoice.number],
        [texts.month, invoice.month],
        [texts.issued, day(invoice.issued_at)],
        [texts.due, day(new Date(`${invoice.due_on}T00:00:00Z`))],
      ],
    },
    { kind: 'sides', sides: [{ heading: texts.customer, lines }] },
    {
      kind: 'table',
      columns: [{ title: texts.description }, { title: texts.amount, width: 130, align: 'right' }],
      rows: [
        [`${texts.monthly}: ${invoice.plan_name}`, money(invoice.monthly_minor)],
        [texts.fees, money(invoice.fees_minor)],
        ...(invoice.taken_minor === 0 ? [] : [[texts.taken, money(0 - invoice.taken_minor)]]),
      ],
    },
    { kind: 'sums', rows: [{ label: texts.total, amount: money(invoice.total_minor), isTotal: true }] },
    { kind: 'paragraph', text: texts.vat },
  ];
}
