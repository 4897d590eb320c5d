import { describe, expect, it } from 'vitest';
import en from './en.ts';
import es from './es.ts';

type Texts = { [key: string]: string | Texts };
const flat = (texts: Texts, prefix = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
const marks = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].toSorted();

describe('the texts of both languages', () => {
  it('have the same keys and fill in the same values', () => {
    const spanish = new Map(flat(es));
    for (const [key, text] of flat(en)) expect([key, marks(spanish.get(key) ?? '')]).toEqual([key, marks(text)]);
    expect(spanish.size).toBe(flat(en).length);
  });

  it('have no at sign, which vue-i18n takes for a link to another text', () => {
    for (const [key, text] of [...flat(en), ...flat(es)]) expect([key, text.includes('@')]).toEqual([key, false]);
  });
});
