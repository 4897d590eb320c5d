import { readCsv, type CsvRecord } from '../kernel/csv-read.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import { parseDecimalAmount } from '../kernel/money.ts';
import { LIST_FIELDS } from './markup-rule.ts';
import { LIST_SEPARATOR, RULE_COLUMNS, columnOf, type RuleColumn } from './rules-csv.ts';
import { MarkupRuleCreate } from './schema.ts';

/** A fault of the file: line from one, column by its name; null for the whole line. */
export interface LineFault {
  line: number;
  column: RuleColumn | null;
  code: string;
  detail: string;
}

/** A line that could be read; with id and version it changes that rule, without it makes one. */
export interface RuleLine {
  line: number;
  target: { id: string; version: number } | null;
  rule: MarkupRuleCreate;
}

export interface ReadRules {
  lines: RuleLine[];
  faults: LineFault[];
}

const MAX_LINES = 2000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const YES: ReadonlySet<string> = new Set(['true', 'yes', '1', 'x', 'sí', 'si', 'verdadero']);
const NO: ReadonlySet<string> = new Set(['', 'false', 'no', '0', 'falso']);

/** What the schema says in minor units and basis points, in those of the file. */
const PLAIN: Partial<Record<RuleColumn, string>> = {
  name: 'Give the rule a name of at most 120 characters.',
  percent: 'The percentage must be from 0 to 100.',
  amount: 'The amount must be zero or more, and not beyond ten million.',
  min: 'The minimum must be zero or more, and not beyond ten million.',
  max: 'The maximum must be zero or more, and not beyond ten million.',
};

type Cells = Partial<Record<RuleColumn, string>>;
type Report = (column: RuleColumn | null, code: string, detail: string) => void;

/** Reads a whole file, naming every fault by line and column; nothing is looked up. */
export function readRulesCsv(source: string, tenantCurrency: string): ReadRules {
  const wholeFile = (line: number, code: string, detail: string): ReadRules => ({
    lines: [],
    faults: [{ line, column: null, code, detail }],
  });
  const records = readCsv(source);
  if (!records) return wholeFile(1, 'unclosed_quote', 'A quote is opened and never closed.');
  const [header, ...rows] = records;
  if (!header) return wholeFile(1, 'empty', 'The file has no line. The first names the columns, as in an export.');
  const names = header.cells.map((name) => name.trim());
  const unknown = names.find((name) => !(RULE_COLUMNS as readonly string[]).includes(name));
  if (unknown !== undefined)
    return wholeFile(
      header.line,
      'unknown_column',
      `"${unknown}" is no column. There are: ${RULE_COLUMNS.join(', ')}.`,
    );
  if (new Set(names).size < names.length)
    return wholeFile(header.line, 'repeated_column', 'A column stands there twice.');
  if (rows.length > MAX_LINES)
    return wholeFile(
      header.line,
      'too_many',
      `At most ${MAX_LINES} rules are taken at once; there are ${rows.length}.`,
    );
  const read: ReadRules = { lines: [], faults: [] };
  for (const row of rows) readRow(row, names as RuleColumn[], tenantCurrency, read);
  return read;
}

function readRow({ line, cells }: CsvRecord, names: readonly RuleColumn[], currency: string, read: ReadRules): void {
  const before = read.faults.length;
  const report: Report = (column, code, detail) => void read.faults.push({ line, column, code, detail });
  if (cells.length !== names.length)
    return report(
      null,
      'cell_count',
      `The line has ${cells.length} cells, the first line names ${names.length} columns.`,
    );
  const given: Cells = Object.fromEntries(names.map((name, n) => [name, cells[n]?.trim() ?? '']));
  const rule = toRule(given, currency, report);
  const target = toTarget(given, report);
  const parsed = MarkupRuleCreate.safeParse(rule);
  if (!parsed.success) {
    // A number that could not be read was reported as such; its absence need not be as well.
    const known = new Set(read.faults.slice(before).map(({ column }) => column));
    for (const issue of parsed.error.issues) {
      const column = columnOf(`/${issue.path.join('/')}`) ?? null;
      if (!known.has(column)) report(column, issue.code, PLAIN[column ?? 'id'] ?? issue.message);
    }
  }
  if (read.faults.length === before && parsed.success) read.lines.push({ line, target, rule: parsed.data });
}

function toTarget({ id = '', version = '' }: Cells, report: Report): RuleLine['target'] {
  if (id === '') return null;
  if (!UUID.test(id)) report('id', 'invalid', `"${id}" is no id: leave it empty to make a new rule.`);
  else if (!/^\d{1,9}$/.test(version))
    report('version', 'required', 'A rule that is changed needs its version, as exported.');
  else return { id: id.toLowerCase(), version: Number(version) };
  return null;
}

function toRule(given: Cells, tenantCurrency: string, report: Report): unknown {
  const cell = (column: RuleColumn): string => given[column] ?? '';
  const number = (column: RuleColumn, exponent: number): number | undefined => {
    const text = cell(column);
    if (text === '') return undefined;
    try {
      return parseDecimalAmount(text.replace(/ ?%$/, '').replace(/^(-?\d+),(\d+)$/, '$1.$2'), tenantCurrency, exponent)
        .amount;
    } catch {
      report(
        column,
        'invalid_number',
        `"${text}" is not a number with at most ${exponent} decimals, e.g. ${exponent > 0 ? '12.5' : '12'}.`,
      );
      return undefined;
    }
  };
  const whole = (column: RuleColumn): number | undefined => number(column, 0);
  const list = (column: RuleColumn): string[] =>
    cell(column)
      .split(LIST_SEPARATOR)
      .map((one) => one.trim())
      .filter(Boolean);
  const instant = (column: RuleColumn): string | null => {
    const text = cell(column);
    if (text === '') return null;
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00.000Z` : text;
  };
  const lists = LIST_FIELDS.flatMap((field) => {
    const items = list(field);
    return items.length > 0 ? [[field, field === 'stars' ? items.map(Number) : items] as const] : [];
  });
  const optional = (column: RuleColumn, value: unknown) =>
    value === undefined || value === '' ? {} : { [column]: value };
  if (cell('currency') !== '' && cell('currency') !== tenantCurrency)
    report(
      'currency',
      'unknown_currency',
      `Amounts are in ${tenantCurrency}, your currency; "${cell('currency')}" is not taken.`,
    );
  const stack = cell('stack').toLowerCase();
  if (!YES.has(stack) && !NO.has(stack)) report('stack', 'invalid', `"${cell('stack')}" is neither true nor false.`);
  const exponent = currencyExponent(tenantCurrency);
  return {
    name: cell('name'),
    match: {
      ...Object.fromEntries(lists),
      ...optional('travelFrom', cell('travelFrom')),
      ...optional('travelTo', cell('travelTo')),
      ...optional('leadDaysMin', whole('leadDaysMin')),
      ...optional('leadDaysMax', whole('leadDaysMax')),
    },
    value: toValue(given, { percent: number('percent', 2), amount: number('amount', exponent) }, report),
    minMinor: number('min', exponent) ?? null,
    maxMinor: number('max', exponent) ?? null,
    stack: YES.has(stack),
    priority: whole('priority') ?? 0,
    validFrom: instant('validFrom'),
    validTo: instant('validTo'),
  };
}

function toValue(
  { percent = '', amount = '', of, per }: Cells,
  numbers: { percent: number | undefined; amount: number | undefined },
  report: Report,
): unknown {
  if ((percent === '') === (amount === ''))
    report('percent', 'value', 'Give a percentage in "percent" or an amount in "amount", one of the two.');
  return percent === ''
    ? { kind: 'fixed', amountMinor: numbers.amount ?? 0, per: per || 'booking' }
    : { kind: 'percent', basisPoints: numbers.percent ?? 0, of: of || 'total' };
}
