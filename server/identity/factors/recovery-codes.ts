import { randomBytes } from 'node:crypto';
import { digest } from '../../kernel/crypto/vault.ts';

const COUNT = 10;
/** Crockford's alphabet: no letter that could be taken for a digit. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 24;

/** Ten codes of 120 bits, in groups of six: long enough that a plain digest keeps them (OWASP ASVS 5, 6.5.2). */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: COUNT }, () => {
    const letters = [...randomBytes(LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
    return (letters.match(/.{6}/g) ?? []).join('-');
  });

/** What a person typed, as the code was made: without spaces and dashes, `o`, `i` and `l` as the digits they look like. */
export function normaliseRecoveryCode(typed: string): string | undefined {
  const letters = typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return letters.length === LENGTH && [...letters].every((letter) => LETTERS.includes(letter)) ? letters : undefined;
}

/** Digest under which a code is stored. */
export const recoveryCodeHash = (code: string): string => digest(`recovery:${code.replaceAll('-', '')}`);
