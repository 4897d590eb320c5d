import { formatMoney, regionalLocale } from '../kernel/money-format.ts';
import { BASIS_POINTS } from '../kernel/money.ts';
import { brandColour, brandedPage, renderPdf, rule } from '../kernel/pdf/index.ts';
import type { PdfBrand, PdfContent, PdfNode } from '../kernel/pdf/index.ts';
import type { InvoiceParty } from './invoice.ts';
import type { InvoiceRow } from './repository.ts';
import { taxTotalsOf } from './tax-totals.ts';
import { textsFor } from './texts.ts';
import type { InvoiceTexts } from './texts.ts';

/** What the PDF prints; an issued invoice has this shape. It has no cost, margin or tax figure to leave out. */
export type PrintableInvoice = Pick<
  InvoiceRow,
  | 'full_number'
  | 'kind'
  | 'booking_reference'
  | 'corrects_number'
  | 'corrects_issued_at'
  | 'issuer'
  | 'customer'
  | 'lines'
  | 'notes'
  | 'total_minor'
  | 'currency'
  | 'locale'
  | 'issued_at'
>;

/** An invoice as PDF, in its own language and a brand's dress. The same invoice gives the same bytes as long as the brand does. */
export function renderInvoicePdf(invoice: PrintableInvoice, brand: PdfBrand): Promise<Buffer> {
  const texts = textsFor(invoice.locale);
  return renderPdf(
    brandedPage({
      title: `${texts[invoice.kind]} ${invoice.full_number}`,
      language: regionalLocale(invoice.locale),
      createdAt: invoice.issued_at,
      brand,
      content: [
        { text: texts[invoice.kind], style: 'title' },
        facts(invoice, texts),
        {
          columns: [party(texts.issuer, invoice.issuer, texts), party(texts.customer, invoice.customer, texts)],
          columnGap: 24,
          margin: [0, 14, 0, 18],
        },
        lineTable(invoice, texts, brandColour(brand)),
        total(invoice, texts),
        rule(brandColour(brand)),
        ...invoice.notes.map((note) => ({ text: note, style: 'muted', margin: [0, 2, 0, 2] })),
      ],
    }),
  );
}

/** Dates of invoices are calendar days, in UTC like their years. */
function day(instant: Date, locale: string): string {
  return new Intl.DateTimeFormat(regionalLocale(locale), { dateStyle: 'long', timeZone: 'UTC' }).format(instant);
}

function facts(invoice: PrintableInvoice, texts: InvoiceTexts): PdfNode {
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
  return {
    table: {
      widths: ['auto', '*'],
      body: rows.map(([label, value]) => [
        { text: label, style: 'muted' },
        { text: value, style: 'strong' },
      ]),
    },
    layout: 'noBorders',
  };
}

function party(heading: string, who: InvoiceParty, texts: InvoiceTexts): PdfNode {
  const lines = [who.name, who.taxId && `${texts.taxId}: ${who.taxId}`, who.address, who.email].filter(
    (line) => typeof line === 'string' && line !== '',
  );
  return {
    width: '*',
    stack: [{ text: heading, style: 'heading' }, ...lines.map((text, i) => ({ text, bold: i === 0 }))],
  };
}

function lineTable(invoice: PrintableInvoice, texts: InvoiceTexts, colour: string): PdfNode {
  const right = (text: string, bold = false) => ({ text, alignment: 'right', bold, style: 'cell' });
  const head = [
    { text: texts.description, bold: true, style: 'cell' },
    right(texts.quantity, true),
    right(texts.amount, true),
  ];
  const body: PdfContent[] = invoice.lines.map((line) => [
    { text: line.description, style: 'cell' },
    right(String(line.quantity)),
    right(formatMoney({ amount: line.amountMinor, currency: invoice.currency }, invoice.locale)),
  ]);
  return {
    table: { headerRows: 1, widths: ['*', 60, 110], body: [head, ...body] },
    layout: {
      hLineWidth: (i: number) => (i === 1 ? 1.2 : 0.4),
      vLineWidth: () => 0,
      hLineColor: (i: number) => (i === 1 ? colour : '#c5ccd6'),
    },
  };
}

/** The sum; before it, where VAT stands on top, the sum without it and the VAT of each rate. */
function total(invoice: PrintableInvoice, texts: InvoiceTexts): PdfNode {
  const format = (amount: number) => formatMoney({ amount, currency: invoice.currency }, invoice.locale);
  const row = (label: string, amount: number, style: string) => ({
    columns: [
      { text: label, width: '*' },
      { text: format(amount), width: 'auto', alignment: 'right' },
    ],
    style,
  });
  const totals = taxTotalsOf(invoice.lines);
  const shown = totals.filter(({ rateBp }) => rateBp !== null);
  const isIncluded = totals.every(({ scheme }) => scheme === 'margin');
  return {
    stack: [
      ...shown.flatMap(({ rateBp, base, tax }) => [
        row(texts.taxBase, base, 'muted'),
        row(`${texts.vat} ${formatPercent(rateBp ?? 0, invoice.locale)}`, tax, 'muted'),
      ]),
      row(texts.total, invoice.total_minor, 'total'),
      ...(isIncluded ? [{ text: texts.included, style: 'muted' }] : []),
    ],
    margin: [0, 6, 0, 6],
  };
}

const formatPercent = (basisPoints: number, locale: string): string =>
  new Intl.NumberFormat(regionalLocale(locale), { style: 'percent', maximumFractionDigits: 2 }).format(
    basisPoints / BASIS_POINTS,
  );
