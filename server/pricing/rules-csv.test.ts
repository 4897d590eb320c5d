import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../kernel/csv-read.ts';
import { csvLine } from '../kernel/csv.ts';
import { readRulesCsv } from './read-rules-csv.ts';
import type { RuleRow } from './repository.ts';
import { rulesToCsv } from './rules-csv.ts';

const row = (more: Partial<RuleRow> = {}): RuleRow => ({
  id: '01890000-0000-7000-8000-000000000001',
  ownerAgencyId: null,
  name: '=HYPERLINK("http://evil.test")',
  match: { carrier: ['IB', 'UX'], travelFrom: '2027-01-01', stars: [4, 5], leadDaysMin: 7 },
  value: { kind: 'percent', basisPoints: 250, of: 'base', currency: 'EUR' },
  minMinor: 500,
  maxMinor: null,
  stack: false,
  priority: -3,
  validFrom: new Date('2026-12-01T00:00:00Z'),
  validTo: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  version: 4,
  state: 'active',
  ...more,
});
const faults = (csv: string) => readRulesCsv(csv, 'EUR').faults.map(({ line, column, code }) => [line, column, code]);

describe('reading CSV', () => {
  it('takes back whatever texts were written', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom('=1+1', "'=1", '-2', 'a;b', 'a,b', 'say "hi"', 'two\nlines', '+x', '@y'),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 }), (rows) => {
        // A first line of commas only decides for the comma, as every file of ours does.
        const text = csvLine(['a', 'b', 'c']) + rows.map((cells) => csvLine(cells)).join('');
        const read = readCsv(text)?.slice(1);
        expect(read?.map(({ cells }) => cells)).toEqual(rows.filter((cells) => cells.some((one) => one.trim() !== '')));
      }),
      { numRuns: 2000 },
    );
  });

  it('knows the semicolons of spreadsheets, and tells where a record begins', () => {
    expect(readCsv('a;b\r\n"x\ny";2,5\r\n\r\nz;"1;2"')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['x\ny', '2,5'] },
      { line: 5, cells: ['z', '1;2'] },
    ]);
    expect(readCsv('a,"b')).toBeUndefined();
  });
});

describe('markup rules as CSV', () => {
  it('come back as they went out, with no formula for a spreadsheet on the way', () => {
    const csv = rulesToCsv([row()], 'EUR');
    expect(csv).not.toMatch(/(^|,)"?=/m);
    expect(readRulesCsv(csv, 'EUR')).toEqual({
      faults: [],
      lines: [
        {
          line: 2,
          target: { id: row().id, version: 4 },
          rule: {
            name: '=HYPERLINK("http://evil.test")',
            match: row().match,
            value: { kind: 'percent', basisPoints: 250, of: 'base' },
            minMinor: 500,
            maxMinor: null,
            stack: false,
            priority: -3,
            validFrom: '2026-12-01T00:00:00.000Z',
            validTo: null,
          },
        },
      ],
    });
  });

  it('may be written by hand, with decimal commas and days', () => {
    const { lines } = readRulesCsv('name;carrier;percent;min;stack;validTo\nIberia;ib|ux;2,5;5;sí;2027-01-01\n', 'EUR');
    expect(lines).toMatchObject([
      {
        target: null,
        rule: {
          match: { carrier: ['IB', 'UX'] },
          value: { kind: 'percent', basisPoints: 250, of: 'total' },
          minMinor: 500,
          stack: true,
          validTo: '2027-01-01T00:00:00.000Z',
        },
      },
    ]);
  });

  it('name each fault by line and column, all of them at once', () => {
    expect(
      faults(
        [
          'id,version,name,carrier,percent,amount,min,currency,stack',
          ',,A,IB,100.01,,,,',
          ',,B,IBERIA,-1,,,,',
          ',,C,,,1.005,,,',
          ',,D,,5,5,,,',
          ',,,,5,,,USD,perhaps',
          'x,,E,,5,,,,',
          '01890000-0000-7000-8000-000000000001,,F,,5,,abc,,',
          ',,G,,,99999999999,,,',
          ',,H',
        ].join('\n'),
      ),
    ).toEqual([
      [2, 'percent', 'too_big'],
      [3, 'carrier', 'invalid_format'],
      [3, 'percent', 'too_small'],
      [4, 'amount', 'invalid_number'],
      [5, 'percent', 'value'],
      [6, 'currency', 'unknown_currency'],
      [6, 'stack', 'invalid'],
      [6, 'name', 'too_small'],
      [7, 'id', 'invalid'],
      [8, 'min', 'invalid_number'],
      [8, 'version', 'required'],
      [9, 'amount', 'too_big'],
      [10, null, 'cell_count'],
    ]);
  });

  it.each([
    ['', 'empty'],
    ['name,colour\n', 'unknown_column'],
    ['name,name\n', 'repeated_column'],
    ['name\n"x', 'unclosed_quote'],
    [`name,percent\n${'x,1\n'.repeat(2001)}`, 'too_many'],
  ])('%j is refused as a whole', (csv, code) => {
    expect(faults(csv)).toEqual([[1, null, code]]);
  });
});
