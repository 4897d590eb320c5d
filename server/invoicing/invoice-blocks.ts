import { formatMoney, regionalLocale } from '../kernel/money-format.ts';
import { BASIS_POINTS } from '../kernel/money.ts';
import type { PdfBlock } from '../kernel/pdf/index.ts';
import { rectificationOf } from './invoice.ts';
import type { InvoiceParty } from './invoice.ts';
import type { InvoiceRow } from './repository.ts';
import { taxTotalsOf } from './tax-totals.ts';
import { textsFor } from './texts.ts';
import type { InvoiceTexts } from './texts.ts';

/** What the PDF prints; an issued invoice has this shape. It has no cost, margin or VAT inside it to leave out. */
export type PrintableInvoice = Pick<
  InvoiceRow,
  | 'full_number'
  | 'kind'
  | 'booking_reference'
  | 'corrects_number'
  | 'corrects_issued_at'
  | 'corrects_kind'
  | 'issuer'
  | 'customer'
  | 'lines'
  | 'notes'
  | 'total_minor'
  | 'currency'
  | 'locale'
  | 'issued_at'
>;

/** The content of an invoice's PDF in its own language, from the title to the mentions. Pure. */
export function invoiceBlocks(invoice: PrintableInvoice): PdfBlock[] {
  const texts = textsFor(invoice.locale);
  const money = (amount: number) => formatMoney({ amount, currency: invoice.currency }, invoice.locale);
  return [
    { kind: 'heading', level: 1, text: texts[invoice.kind] },
    { kind: 'facts', rows: factsOf(invoice, texts) },
    {
      kind: 'sides',
      sides: [
        { heading: texts.issuer, lines: linesOf(invoice.issuer, texts) },
        { heading: texts.customer, lines: linesOf(invoice.customer, texts) },
      ],
    },
    {
      kind: 'table',
      columns: [
        { title: texts.description },
        { title: texts.quantity, width: 60, align: 'right' },
        { title: texts.amount, width: 110, align: 'right' },
      ],
      rows: invoice.lines.map((line) => [line.description, String(line.quantity), money(line.amountMinor)]),
    },
    ...sumsOf(invoice, texts, money),
    { kind: 'rule' },
    ...invoice.notes.map((text): PdfBlock => ({ kind: 'paragraph', text })),
  ];
}

/** Dates of invoices are calendar days, in UTC like their years. */
function day(instant: Date, locale: string): string {
  return new Intl.DateTimeFormat(regionalLocale(locale), { dateStyle: 'long', timeZone: 'UTC' }).format(instant);
}

function factsOf(invoice: PrintableInvoice, texts: InvoiceTexts): [string, string][] {
  const rows: [string, string][] = [
    [texts.number, invoice.full_number],
    [texts.issuedOn, day(invoice.issued_at, invoice.locale)],
  ];
  if (invoice.booking_reference) rows.push([texts.booking, invoice.booking_reference]);
  if (invoice.corrects_number && invoice.corrects_issued_at)
    rows.push([
      texts.corrects,
      `${invoice.corrects_number} ${texts.correctsOf} ${day(invoice.corrects_issued_at, invoice.locale)}`,
    ]);
  if (invoice.corrects_kind)
    rows.push([texts.rectification, `${rectificationOf(invoice.corrects_kind)}, ${texts.byDifferences}`]);
  return rows;
}

const linesOf = (who: InvoiceParty, texts: InvoiceTexts): string[] =>
  [who.name, who.taxId && `${texts.taxId}: ${who.taxId}`, who.address, who.email].filter(
    (line): line is string => typeof line === 'string' && line !== '',
  );

/** The sum; before it, where VAT stands on top, the sum without it and the VAT of each rate. */
function sumsOf(invoice: PrintableInvoice, texts: InvoiceTexts, money: (amount: number) => string): PdfBlock[] {
  const totals = taxTotalsOf(invoice.lines);
  const shown = totals.filter(({ rateBp }) => rateBp !== null);
  const sums: PdfBlock = {
    kind: 'sums',
    rows: [
      ...shown.flatMap(({ rateBp, base, tax }) => [
        { label: texts.taxBase, amount: money(base) },
        { label: `${texts.vat} ${percent(rateBp ?? 0, invoice.locale)}`, amount: money(tax) },
      ]),
      { label: texts.total, amount: money(invoice.total_minor), isTotal: true },
    ],
  };
  const isIncluded = totals.every(({ scheme }) => scheme === 'margin');
  return isIncluded ? [sums, { kind: 'paragraph', text: texts.included }] : [sums];
}

const percent = (basisPoints: number, locale: string): string =>
  new Intl.NumberFormat(regionalLocale(locale), { style: 'percent', maximumFractionDigits: 2 }).format(
    basisPoints / BASIS_POINTS,
  );
