import { createHmac } from 'node:crypto';

const TERM_BYTES = 8;
/** Shorter beginnings of words say too little and would be in every row. */
const SHORTEST_BEGINNING = 3;

/** One spelling for what people take for the same: NFKC, lower case, no space around. */
const fold = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

/** Words without accents and case: who looks for `garcia` finds `García`. */
const wordsOf = (text: string): string[] =>
  fold(text)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/**
 * Stands for a sealed text where rows are looked up by it: HMAC-SHA-256 under a key of the tenant and the column, so that the same address
 * has another index elsewhere. Not truncated: it carries the unique constraint.
 */
export const equalityIndex = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(fold(text)).digest('base64url');

const term = (key: Buffer, word: string): string =>
  createHmac('sha256', key).update(word).digest().subarray(0, TERM_BYTES).toString('base64url');

/** Terms under which a sealed name is found: each of its words and their beginnings of three letters and more. */
export function searchTerms(key: Buffer, text: string): string[] {
  const beginnings = wordsOf(text).flatMap((word) => {
    const letters = [...word];
    return [word, ...letters.map((_, end) => letters.slice(0, end + 1).join('')).slice(SHORTEST_BEGINNING - 1)];
  });
  return [...new Set(beginnings)].map((beginning) => term(key, beginning));
}

/** Terms a row must all have to be found by what a person typed. */
export const wantedTerms = (key: Buffer, typed: string): string[] => wordsOf(typed).map((word) => term(key, word));
