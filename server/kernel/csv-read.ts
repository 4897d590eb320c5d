import { csvText } from './csv.ts';

/** One record of a CSV text; `line` is the line of the text that it begins on, from one. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Commas, or the semicolons that spreadsheets write where the comma is the decimal sign: whichever the first line has more of. */
function separatorOf(text: string): string {
  const [first = ''] = text.split(/\r?\n/, 1);
  return first.split(';').length > first.split(',').length ? ';' : ',';
}

/**
 * Reads CSV (RFC 4180): quoted cells with separators, quotes and line breaks in them, either kind of line end, an optional byte order mark.
 * Empty lines are left out. What `csvLine` wrote to disarm a formula is taken off again.
 * @returns undefined when a quote is never closed
 */
export function readCsv(source: string): CsvRecord[] | undefined {
  const text = source.replace(/^\ufeff/, '');
  const separator = separatorOf(text);
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let cell = '';
  let [line, began, quoted] = [1, 1, false];
  const endCell = () => {
    cells.push(csvText(cell));
    cell = '';
  };
  const endRecord = () => {
    endCell();
    if (cells.some((one) => one.trim() !== '')) records.push({ line: began, cells });
    cells = [];
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string;
    if (quoted && sign === '"' && text[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (sign === '"' && (quoted || cell === '')) quoted = !quoted;
    else if (!quoted && sign === separator) endCell();
    else if (!quoted && sign === '\n') {
      endRecord();
      began = line + 1;
    } else if (quoted || sign !== '\r') cell += sign;
    if (sign === '\n') line++;
  }
  if (quoted) return undefined;
  if (cell !== '' || cells.length > 0) endRecord();
  return records;
}
