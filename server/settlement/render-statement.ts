import { CSV_START, csvLine } from '../kernel/csv.ts';
import { formatMoney, regionalLocale } from '../kernel/money-format.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import { formatDecimalAmount } from '../kernel/money.ts';
import { brandColour, brandedPage, renderPdf, rule, type PdfBrand, type PdfContent } from '../kernel/pdf/index.ts';
import { addDays } from './period.ts';
import type { LineRow, StatementRow } from './repository.ts';
import { statementNumber } from './statement.ts';
import { textsFor, type StatementTexts } from './texts.ts';

/** What a statement comes to, line by line, as it is printed. */
const figuresOf = (row: StatementRow, texts: StatementTexts): [label: string, amount: number][] => [
  [texts.released, row.released_minor],
  [texts.clawbacks, row.clawbacks_minor],
  [texts.memos, row.memos_minor],
  [texts.carriedIn, row.carried_in_minor],
  ...(row.reserve_released_minor === 0
    ? []
    : [[texts.reserveReleased, row.reserve_released_minor] as [string, number]]),
  [texts.reserve, -row.reserve_minor],
  ...(row.carried_out_minor === 0 ? [] : [[texts.carriedOut, -row.carried_out_minor] as [string, number]]),
];

/** A statement as CSV: its lines, then its figures. Amounts are decimals with a point. */
export async function* statementCsv(
  row: StatementRow,
  lines: AsyncIterable<LineRow>,
  locale: string,
): AsyncGenerator<string> {
  const texts = textsFor(locale);
  const exponent = currencyExponent(row.currency);
  const line = (date: string, kind: string, booking: string, about: string, amount: number) =>
    // Digits, point and sign only: a number for spreadsheets, though a negative one begins like a formula.
    csvLine([statementNumber(row.number), date, kind, booking, about]).trimEnd() +
    `,${formatDecimalAmount(amount, exponent)},${row.currency}\r\n`;
  yield (
    CSV_START +
    csvLine([texts.number, texts.date, texts.kind, texts.booking, texts.about, texts.amount, texts.currency])
  );
  for await (const one of lines)
    yield line(
      one.happened_at.toISOString().slice(0, 10),
      texts.kinds[one.kind],
      one.booking_reference ?? '',
      one.reason ?? one.booking_title ?? '',
      one.amount_minor,
    );
  for (const [label, amount] of figuresOf(row, texts)) yield line('', '', '', label, amount);
  yield line('', '', '', texts.payout, row.payout_minor);
}

/** A statement as PDF, in the reader's language and a brand's dress. */
export async function statementPdf(
  row: StatementRow,
  lines: AsyncIterable<LineRow>,
  { locale, brand }: { locale: string; brand: PdfBrand },
): Promise<Buffer> {
  const texts = textsFor(locale);
  const money = (amount: number) => formatMoney({ amount, currency: row.currency }, locale);
  const date = (day: string) =>
    new Intl.DateTimeFormat(regionalLocale(locale), { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(day));
  const right = (text: string, bold = false) => ({ text, alignment: 'right', bold, style: 'cell' });
  const cell = (text: string, bold = false) => ({ text, bold, style: 'cell' });
  const body: PdfContent[] = [];
  for await (const one of lines)
    body.push([
      cell(date(one.happened_at.toISOString().slice(0, 10))),
      cell(texts.kinds[one.kind]),
      cell([one.booking_reference, one.reason ?? one.booking_title].filter(Boolean).join('  ')),
      right(money(one.amount_minor)),
    ]);
  const number = statementNumber(row.number);
  const facts: [string, string][] = [
    [texts.number, number],
    [texts.agency, row.agency_name],
    [texts.period, `${date(row.period_start)} – ${date(addDays(row.period_end, -1))}`],
    [texts.state, texts.states[row.state]],
  ];
  const head = [cell(texts.date, true), cell(texts.kind, true), cell(texts.about, true), right(texts.amount, true)];
  const lined = { hLineWidth: (i: number) => (i === 1 ? 1.2 : 0.4), vLineWidth: () => 0, hLineColor: () => '#c5ccd6' };
  return renderPdf(
    brandedPage({
      title: `${texts.statement} ${number}`,
      language: regionalLocale(locale),
      createdAt: row.closed_at ?? new Date(Date.parse(row.period_start)),
      brand,
      content: [
        { text: texts.statement, style: 'title' },
        {
          table: {
            widths: ['auto', '*'],
            body: facts.map(([label, value]) => [
              { text: label, style: 'muted' },
              { text: value, style: 'strong' },
            ]),
          },
          layout: 'noBorders',
        },
        {
          table: {
            widths: ['*', 120],
            body: figuresOf(row, texts).map(([label, amount]) => [cell(label), right(money(amount))]),
          },
          layout: lined,
          margin: [0, 14, 0, 0],
        },
        {
          columns: [
            { text: texts.payout, width: '*' },
            { text: money(row.payout_minor), width: 'auto', alignment: 'right' },
          ],
          style: 'total',
        },
        rule(brandColour(brand)),
        { text: texts.lines, style: 'heading' },
        body.length === 0
          ? { text: texts.noLines, style: 'muted' }
          : { table: { headerRows: 1, widths: [70, 75, '*', 90], body: [head, ...body] }, layout: lined },
      ],
    }),
  );
}
