import { CSV_START, csvLine } from '../../kernel/csv.ts';
import { formatMoney, regionalLocale } from '../../kernel/money-format.ts';
import { currencyExponent } from '../../kernel/money-exponent.ts';
import { formatDecimalAmount } from '../../kernel/money.ts';
import { brandColour, brandedPage, renderPdf, rule, type PdfBrand } from '../../kernel/pdf/index.ts';
import type { StatementEntry, WalletStatement } from './read-statement.ts';
import { textsFor } from './texts.ts';

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const aboutOf = ({ reason, booking_title: title }: StatementEntry): string => reason ?? title ?? '';

/** A statement as CSV: opening balance, what moved it, closing balance. Amounts are decimals with a point. */
export async function* statementCsv(statement: WalletStatement, locale: string): AsyncGenerator<string> {
  const { from, to, opening, closing, entries, wallet } = statement;
  const texts = textsFor(locale);
  const decimal = (amount: number) => formatDecimalAmount(amount, currencyExponent(wallet.currency));
  // Digits, point and sign only: numbers for spreadsheets, though a negative one begins like a formula.
  const line = (texts4: readonly string[], amount: string, balance: number) =>
    `${csvLine(texts4).trimEnd()},${amount},${decimal(balance)},${wallet.currency}\r\n`;
  yield (
    CSV_START +
    csvLine([texts.date, texts.kind, texts.booking, texts.about, texts.amount, texts.balance, texts.currency])
  );
  yield line([from, texts.opening, '', ''], '', opening);
  let balance = opening;
  for (const entry of entries) {
    balance += entry.amount_minor;
    const cells = [dayOf(entry.created_at), texts.kinds[entry.kind], entry.booking_reference ?? '', aboutOf(entry)];
    yield line(cells, decimal(entry.amount_minor), balance);
  }
  yield line([to, texts.closing, '', ''], '', closing);
}

/** A statement as PDF, in the reader's language and a brand's dress. */
export function statementPdf(
  statement: WalletStatement,
  { locale, brand, resellerName, now }: { locale: string; brand: PdfBrand; resellerName: string; now: Date },
): Promise<Buffer> {
  const { from, to, opening, closing, entries, wallet } = statement;
  const texts = textsFor(locale);
  const money = (amount: number) => formatMoney({ amount, currency: wallet.currency }, locale);
  const date = (day: string) =>
    new Intl.DateTimeFormat(regionalLocale(locale), { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(day));
  const right = (text: string, bold = false) => ({ text, alignment: 'right', bold, style: 'cell' });
  const cell = (text: string, bold = false) => ({ text, bold, style: 'cell' });
  const lined = { hLineWidth: (i: number) => (i === 1 ? 1.2 : 0.4), vLineWidth: () => 0, hLineColor: () => '#c5ccd6' };
  let balance = opening;
  const body = entries.map((entry) => {
    balance += entry.amount_minor;
    return [
      cell(date(dayOf(entry.created_at))),
      cell(texts.kinds[entry.kind]),
      cell([entry.booking_reference, aboutOf(entry)].filter(Boolean).join('  ')),
      right(money(entry.amount_minor)),
      right(money(balance)),
    ];
  });
  const head = [
    cell(texts.date, true),
    cell(texts.kind, true),
    cell(texts.about, true),
    right(texts.amount, true),
    right(texts.balance, true),
  ];
  const facts: [string, string][] = [
    [texts.agency, wallet.agency_name],
    [texts.keptWith, wallet.parent_name ?? resellerName],
    [texts.period, `${date(from)} – ${date(to)}`],
    [texts.opening, money(opening)],
  ];
  return renderPdf(
    brandedPage({
      title: `${texts.statement} ${from} – ${to}`,
      language: regionalLocale(locale),
      createdAt: now,
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
          columns: [
            { text: texts.closing, width: '*' },
            { text: money(closing), width: 'auto', alignment: 'right' },
          ],
          style: 'total',
        },
        rule(brandColour(brand)),
        { text: texts.movements, style: 'heading' },
        body.length === 0
          ? { text: texts.none, style: 'muted' }
          : { table: { headerRows: 1, widths: [62, 70, '*', 75, 75], body: [head, ...body] }, layout: lined },
      ],
    }),
  );
}
