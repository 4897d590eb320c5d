import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROW = /^\| ([IO]\d\d) +\| (.+?) +\| (.+?) +\|$/;
const rows = readFileSync('tests/isolation/README.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, number, what, where] = ROW.exec(line) ?? [];
    return number && what && where ? [{ number, what, where }] : [];
  });
const numbers = (letter: string, last: number) =>
  Array.from({ length: last }, (_, at) => `${letter}${String(at + 1).padStart(2, '0')}`);

describe('the table of cases', () => {
  it('holds every number once', () => {
    expect(rows.map(({ number }) => number)).toEqual([...numbers('I', 80), ...numbers('O', 26)]);
  });

  it.each(rows.filter(({ where }) => where !== 'open').map(({ number, where }) => [number, where]))(
    '%s is tried where it says',
    (number, where) => {
      const files = [...where.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? '');
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        expect([file, existsSync(file)]).toEqual([file, true]);
        // In a string, that is in a title; a comment tries nothing.
        expect([file, new RegExp(`['"\`][^'"\`\\n]*\\b${number}\\b`).test(readFileSync(file, 'utf8'))]).toEqual([
          file,
          true,
        ]);
      }
    },
  );
});
