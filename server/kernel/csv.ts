export type CsvCell = string | number | bigint | boolean | Date | null | undefined;

/** A spreadsheet takes the text for a formula; also behind quotes and blanks, which some readers strip, and in full width. */
const FORMULA = /^[\s"'`\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|]|^[\t\r\n]/;

/** Byte order mark: without it spreadsheets read UTF-8 as something else. Goes before the first line. */
export const CSV_START = '\ufeff';

/**
 * One line (RFC 4180). Texts that a spreadsheet would run get a leading apostrophe and quotes (OWASP, CSV injection); numbers stay
 * numbers, and negative ones too, because only what has the type of a number is written as one.
 */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return String(cell);
  if (cell instanceof Date) return cell.toISOString();
  const isFormula = FORMULA.test(cell);
  const safe = isFormula ? `'${cell}` : cell;
  return isFormula || /[",\r\n;\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What a cell meant before `csvLine` put an apostrophe before it, so that an export that comes back is what it was. */
export const csvText = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
