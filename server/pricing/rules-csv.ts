import { CSV_START, csvLine, type CsvCell } from '../kernel/csv.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import { formatDecimalAmount } from '../kernel/money.ts';
import { LIST_FIELDS, type MarkupMatch } from './markup-rule.ts';
import type { RuleRow } from './repository.ts';

/** Between the values of one cell: neither separator of cells, and in no code. */
export const LIST_SEPARATOR = '|';

const MATCH_COLUMNS = [...LIST_FIELDS, 'travelFrom', 'travelTo', 'leadDaysMin', 'leadDaysMax'] as const;

/** Columns of the file, in order. Amounts are decimals of `currency`, `percent` is of a hundred. */
export const RULE_COLUMNS = [
  'id',
  'version',
  'name',
  ...MATCH_COLUMNS,
  'percent',
  'of',
  'amount',
  'per',
  'min',
  'max',
  'currency',
  'stack',
  'priority',
  'validFrom',
  'validTo',
] as const;
export type RuleColumn = (typeof RULE_COLUMNS)[number];

/** Where a fault of the API's rule stands in the file. */
export function columnOf(pointer: string): RuleColumn | undefined {
  const [, first = '', second = ''] = pointer.split('/');
  const name = first === 'match' || first === 'value' ? second : first;
  const renamed: Record<string, RuleColumn> = {
    minMinor: 'min',
    maxMinor: 'max',
    basisPoints: 'percent',
    amountMinor: 'amount',
    kind: 'percent',
  };
  return renamed[name] ?? RULE_COLUMNS.find((column) => column === name);
}

const matchCell = (match: MarkupMatch, column: (typeof MATCH_COLUMNS)[number]): CsvCell => {
  const value = match[column];
  return Array.isArray(value) ? value.join(LIST_SEPARATOR) : (value as string | number | undefined);
};

function cellsOf(rule: RuleRow, tenantCurrency: string): CsvCell[] {
  const { value, match } = rule;
  const currency = value.currency ?? tenantCurrency;
  const money = (minor: number | null): string =>
    minor === null ? '' : formatDecimalAmount(minor, currencyExponent(currency));
  const isPercent = value.kind === 'percent';
  return [
    rule.id,
    rule.version,
    rule.name,
    ...MATCH_COLUMNS.map((column) => matchCell(match, column)),
    isPercent ? formatDecimalAmount(value.basisPoints, 2) : '',
    isPercent ? value.of : '',
    isPercent ? '' : money(value.amountMinor),
    isPercent ? '' : value.per,
    money(rule.minMinor),
    money(rule.maxMinor),
    value.currency ?? '',
    rule.stack,
    rule.priority,
    rule.validFrom,
    rule.validTo,
  ];
}

/** Rules as the file that `import` takes back. Cells a spreadsheet would run are disarmed. */
export function rulesToCsv(rules: readonly RuleRow[], tenantCurrency: string): string {
  return CSV_START + csvLine(RULE_COLUMNS) + rules.map((rule) => csvLine(cellsOf(rule, tenantCurrency))).join('');
}
