import { describe, expect, it } from 'vitest';
import { isAllowed } from './licences.mjs';
import { secretsIn } from './secret-patterns.mjs';

const word = (prefix, length) => prefix + 'aB3dE5fG7hJ9kL1m'.repeat(6).slice(0, length);

describe('licences of what is shipped', () => {
  it.each(['MIT', 'ISC', '(MIT AND Zlib)', '(GPL-3.0 OR MIT)', 'MIT/X11'])('allow %s', (licence) => {
    expect(isAllowed(licence)).toBe(true);
  });
  it.each(['GPL-3.0-only', 'AGPL-3.0', 'MIT AND GPL-2.0', 'SEE LICENSE IN x', 'UNLICENSED', ''])(
    'refuse %j',
    (licence) => {
      expect(isAllowed(licence)).toBe(false);
    },
  );
  it('allow the LGPL to the one library that was judged', () => {
    expect(isAllowed('LGPL-3.0-or-later', '@img/sharp-libvips-linux-x64')).toBe(true);
    expect(isAllowed('LGPL-3.0-or-later', 'another')).toBe(false);
  });
});

describe('secrets in a text', () => {
  it.each([
    ['private key', `-----BEGIN ${'PRIVATE KEY-----\\n'}${word('', 60)}`],
    ['GitHub token', `token: ${word('ghp_', 36)}`],
    ['Stripe key', word('sk_live_', 24)],
    ['Duffel token', word('duffel_live_', 40)],
    ['JSON Web Token', [word('eyJ', 20), word('eyJ', 20), word('', 30)].join('.')],
    ['address with a password', `postgres://app:${word('', 16)}@db.internal/x`],
    ['assigned secret', `MASTER_KEY=${word('', 43)}=`],
  ])('are found: %s', (name, line) => {
    expect(secretsIn(`one\n${line}\n`)).toEqual([{ name, line: 2 }]);
  });
  it.each([
    'postgres://user:password@host:5432/portolan',
    "const TOKEN_HEADER = 'x-portolan-authorization-header'",
    'SECRET=${SECRET}',
    `${word('ghp_', 36)} // not-a-secret`,
  ])('are not suspected in %s', (line) => {
    expect(secretsIn(line)).toEqual([]);
  });
});
