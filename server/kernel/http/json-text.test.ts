import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJsonText, JsonRefused } from './json-text.ts';
import { MalformedJson, parseJson } from './read-body.ts';

const refused = (text: string): boolean => {
  try {
    checkJsonText(text);
    return false;
  } catch (error) {
    expect(JsonRefused.is(error)).toBe(true);
    return true;
  }
};
const many = (count: number, part: (n: number) => string) => Array.from({ length: count }, (_, n) => part(n)).join(',');

describe('a JSON text', () => {
  it.each([
    ['100,000 levels of lists', '['.repeat(100_000)],
    ['100,000 levels of objects', '{"a":'.repeat(100_000)],
    ['a million names', `{${many(1_000_000, (n) => `"${n}":1`)}}`],
    ['a million entries', `[${many(1_000_000, () => '1')}]`],
    ['an endless number', `{"a":${'9'.repeat(500)}}`],
    ['a number beyond all numbers', '{"a":1e999999}'],
    ['I78 __proto__', '{"__proto__":{"isAdmin":true}}'],
    ['I78 __proto__ written with escapes', String.raw`{"a":[{"\u005f_proto__":1}]}`],
    ['I78 constructor.prototype', '{"constructor" : {"prototype":{"x":1}}}'],
    ['I79 a name given twice', '{"role":"agent","a":{"role":1},"role":"admin"}'],
    ['I79 a name given twice, once with escapes', String.raw`{"role":1,"r\u006fle":2}`],
  ])('with %s is refused', (_, text) => {
    expect(refused(text)).toBe(true);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it.each([
    '{"a":"__proto__","b":"say \\"constructor\\": no","c":[{"a":1},{"a":2}]}',
    String.raw`{"path":"C:\\","next":"\\\"a\":"}`,
    '{"a":{"a":{"a":1}},"n":-1.5e+10}',
    '[]',
  ])('like %s is read as it is', (text) => {
    expect(refused(text)).toBe(false);
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });

  it('of whatever value is let through exactly as the parser reads it', () => {
    const plain = fc.jsonValue({ maxDepth: 5 }).filter((value) => typeof value === 'object' && value !== null);
    fc.assert(
      fc.property(plain, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        if (/"(__proto__|constructor|prototype)"\s*:/.test(text)) return;
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['{"a":', '{"a" 1}', '"text"', '7', 'null', '{"a":"', '\\', '{"a":NaN}'])(
    'like %s, which is no body, is said to be none',
    (text) => {
      expect(() => parseJson(Buffer.from(text))).toThrow(expect.objectContaining({ code: MalformedJson.code }));
    },
  );

  it('that is not UTF-8 is said to be none', () => {
    expect(() => parseJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow(
      expect.objectContaining({ code: MalformedJson.code }),
    );
  });
});
