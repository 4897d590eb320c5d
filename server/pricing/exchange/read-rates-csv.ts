import { readCsv } from '../../kernel/csv-read.ts';
import { isOfTheFuture } from './exchange-table.ts';
import { CurrencyCode, Mid } from './schema.ts';
import type { RateRow } from './repository.ts';

const COLUMNS = ['currency', 'mid', 'source', 'at'] as const;
type Column = (typeof COLUMNS)[number];

export interface RateFault {
  line: number;
  column: Column | null;
  code: string;
  detail: string;
}

const MAX_LINES = 400;

/** Reads a file of rates, naming every fault by line and column. A decimal comma is taken where the cells are parted by semicolons. */
export function readRatesCsv(
  source: string,
  { sellingCurrency, now }: { sellingCurrency: string; now: Date },
): { rates: RateRow[]; faults: RateFault[] } {
  const faults: RateFault[] = [];
  const whole = (code: string, detail: string) => ({ rates: [], faults: [{ line: 1, column: null, code, detail }] });
  const [header, ...rows] = readCsv(source) ?? [];
  if (!header) return whole('unreadable', 'The file has no line, or a quote that is never closed.');
  const names = header.cells.map((name) => name.trim().toLowerCase());
  const missing = ['currency', 'mid'].filter((name) => !names.includes(name));
  if (missing.length > 0)
    return whole(
      'missing_column',
      `The first line must name the columns ${COLUMNS.join(', ')}; "${missing[0]}" is missing.`,
    );
  if (rows.length > MAX_LINES) return whole('too_many', `At most ${MAX_LINES} rates are taken at once.`);
  const rates = new Map<string, RateRow>();
  for (const { line, cells } of rows) {
    const cell = (column: Column): string => cells[names.indexOf(column)]?.trim() ?? '';
    const report = (column: Column, code: string, detail: string) => void faults.push({ line, column, code, detail });
    const before = faults.length;
    const currency = CurrencyCode.safeParse(cell('currency'));
    const mid = Mid.safeParse(cell('mid').replace(/^(\d+),(\d+)$/, '$1.$2'));
    const at = toInstant(cell('at'), now);
    if (!currency.success) report('currency', 'unknown_currency', `"${cell('currency')}" is no currency of ISO 4217.`);
    else if (currency.data === sellingCurrency)
      report('currency', 'own_currency', `${sellingCurrency} is what you sell in: it needs no rate.`);
    else if (rates.has(currency.data))
      report('currency', 'repeated', `${currency.data} stands on an earlier line already.`);
    if (!mid.success) report('mid', 'invalid_number', `"${cell('mid')}" is no decimal above zero, e.g. 0.006125.`);
    if (!at)
      report('at', 'invalid_instant', `"${cell('at')}" is no day or instant, e.g. 2026-11-24 or 2026-11-24T15:00:00Z.`);
    else if (isOfTheFuture(at, now)) report('at', 'in_future', 'A rate cannot be of the future.');
    if (cell('source').length > 80) report('source', 'too_long', 'A source has at most 80 characters.');
    if (faults.length === before && currency.success && mid.success && at)
      rates.set(currency.data, {
        currency: currency.data,
        mid: mid.data,
        source: cell('source') || 'CSV',
        quotedAt: at,
      });
  }
  return { rates: [...rates.values()], faults };
}

function toInstant(text: string, now: Date): Date | undefined {
  if (text === '') return now;
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text)) return undefined;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
