import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PASSWORD_MAX, PASSWORD_MIN } from './user.ts';

export type PasswordFault =
  'password_short' | 'password_long' | 'password_common' | 'password_context' | 'password_breached';

/** Whose password it is to be: what everybody who knows that would try first. */
export interface PasswordContext {
  email: string;
  givenName: string;
  familyName: string;
  brand: { name: string; hostname: string };
  tenant: { name: string; slug: string };
}

export interface PasswordRules {
  /** Fault of a new password, or undefined. */
  fault(password: string, context: PasswordContext): Promise<PasswordFault | undefined>;
}

/** Shorter words are part of too much to say anything. */
const SHORTEST_WORD = 4;
/** A word that is this little less than the whole is the password. */
const REST = 5;

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
const bare = (text: string): string => plain(text).replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * Length, counted in code points, and lists; no rule about kinds of letters (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5, 6.2.4, 6.2.5, 6.2.9, 6.2.11,
 * 6.2.12). With `breachedDir`, a folder of Have I Been Pwned ranges (files named by the first five hex digits of the SHA-1, lines
 * `SUFFIX:COUNT`), passwords that were ever found in a breach are refused too; nothing is asked of the network.
 */
export function createPasswordRules(options: { breachedDir?: string | undefined } = {}): PasswordRules {
  let list: Promise<Set<string>> | undefined;
  const common = () => {
    list ??= readFile(path.join(import.meta.dirname, 'common-passwords.txt'), 'utf8').then(
      (text) => new Set(text.split('\n').filter(Boolean)),
    );
    list.catch(() => (list = undefined));
    return list;
  };

  async function isCommon(password: string): Promise<boolean> {
    const known = await common();
    const lower = plain(password);
    const [tail = ''] = /(?<![\d\p{P}\p{S}\s])[\d\p{P}\p{S}\s]*$/u.exec(lower) ?? [];
    const stem = lower.slice(0, lower.length - tail.length);
    const half = lower.slice(0, lower.length / 2);
    return (
      known.has(lower) ||
      new Set(lower).size < 4 ||
      isRun(lower) ||
      (tail.length <= REST && known.has(stem)) ||
      (half + half === lower && known.has(half))
    );
  }

  async function isBreached(password: string): Promise<boolean> {
    if (!options.breachedDir) return false;
    const sha1 = createHash('sha1').update(password).digest('hex').toUpperCase();
    const [prefix, suffix] = [sha1.slice(0, 5), sha1.slice(5)];
    for (const name of [prefix, `${prefix}.txt`]) {
      const range = await readFile(path.join(options.breachedDir, name), 'utf8').catch(() => undefined);
      if (range !== undefined) return new RegExp(`^${suffix}:[1-9]`, 'm').test(range);
    }
    return false;
  }

  return {
    async fault(password, context) {
      const length = [...password].length;
      if (length < PASSWORD_MIN) return 'password_short';
      if (length > PASSWORD_MAX) return 'password_long';
      if (await isCommon(password)) return 'password_common';
      if (isOfContext(password, context)) return 'password_context';
      return (await isBreached(password)) ? 'password_breached' : undefined;
    },
  };
}

/** Whether each letter is the next or the one before: `abcdefghij`, `9876543210`. */
function isRun(text: string): boolean {
  const codes = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  return [1, -1].some((by) => codes.every((code, at) => at === 0 || code === (codes[at - 1] ?? 0) + by));
}

function isOfContext(password: string, { email, givenName, familyName, brand, tenant }: PasswordContext): boolean {
  const given = bare(password);
  const [mailbox = '', domain = ''] = email.split('@');
  const words = [
    email,
    mailbox,
    domain,
    `${givenName}${familyName}`,
    givenName,
    familyName,
    brand.name,
    brand.hostname,
    tenant.name,
    tenant.slug,
  ]
    .flatMap((text) => [bare(text), ...text.split(/[^\p{L}\p{N}]+/u).map(bare)])
    .filter((word) => word.length >= SHORTEST_WORD);
  const rest = words.sort((a, b) => b.length - a.length).reduce((left, word) => left.replaceAll(word, ''), given);
  return rest.length <= REST && rest.length < given.length;
}
