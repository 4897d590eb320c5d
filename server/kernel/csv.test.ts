import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.ts';

describe('CSV', () => {
  it.each([
    [`=cmd|'/C calc'!A0`, `"'=cmd|'/C calc'!A0"`],
    ['+1', `"'+1"`],
    ['-2+3', `"'-2+3"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ['\rx', `"'\rx"`],
    ['\nx', `"'\nx"`],
    ['"=1+1', `"'""=1+1"`],
    ['  =1+1', `"'  =1+1"`],
    ['＝1+1', `"'＝1+1"`],
  ])('I64: the text %j is no formula any more', (text, written) => {
    expect(csvLine([text])).toBe(`${written}\r\n`);
  });

  it('I64: numbers stay numbers, and harmless texts as they are', () => {
    expect(csvLine([-12, 3.5, 10n, true, null, undefined, 'a-b=c', 'Sol & Mar', Number.NaN])).toBe(
      '-12,3.5,10,true,,,a-b=c,Sol & Mar,\r\n',
    );
  });

  it('quotes what separates cells and lines', () => {
    expect(csvLine(['a,b', 'say "hi"', 'two\nlines', 'semi;colon', ' blank'])).toBe(
      '"a,b","say ""hi""","two\nlines","semi;colon"," blank"\r\n',
    );
    expect(csvLine([new Date('2026-11-24T10:00:00Z')])).toBe('2026-11-24T10:00:00.000Z\r\n');
  });
});
