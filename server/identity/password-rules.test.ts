import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createPasswordRules } from './password-rules.ts';
import { createPasswords } from './password.ts';

const folder = mkdtempSync(join(tmpdir(), 'ranges-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rules = createPasswordRules();
const context = {
  email: 'maria.lopez@viajesfaro.example',
  givenName: 'María',
  familyName: 'López',
  brand: { name: 'Costa Clara', hostname: 'shore.localhost' },
  tenant: { name: 'Coral Travel', slug: 'coral' },
};
const faultOf = (password: string) => rules.fault(password, context);

describe('a new password', () => {
  it('6.2.1, 6.2.9: has ten letters at least and 128 at most, counted as people count', async () => {
    expect(await faultOf('kurz bay9')).toBe('password_short');
    expect(await faultOf('🌊🌊⛵⛵🏝️🏝️')).toBe('password_short');
    expect(await faultOf('x7 '.repeat(43))).toBe('password_long');
  });

  it('6.2.5: may be of any letters: no capital, digit or sign is asked for', async () => {
    for (const password of [
      'a quiet harbour at dawn',
      'sietefarolessobreelagua',
      'ΑΘΗΝΑΕΙΝΑΙΩΡΑΙΑ',
      '🌊⛵🏝️🐟🦀🐚🪸🐬🐳🦑 olas',
    ])
      expect([password, await faultOf(password)]).toEqual([password, undefined]);
  });

  it('6.2.4: is not among the most used, in any spelling of case, doubled, or with a year behind it', async () => {
    for (const password of [
      'password123',
      'PassWord1234',
      'qwertyuiop',
      '1q2w3e4r5t',
      'basketball2024',
      'contraseña1',
      'sunshine2025!',
      'dragondragon',
      'aaaaaaaaaaaa',
      'abcdefghijkl',
      '9876543210',
    ])
      expect([password, await faultOf(password)]).toEqual([password, 'password_common']);
  });

  it("6.2.11: is not made of the person's or the brand's own words", async () => {
    for (const password of [
      'maria.lopez@viajesfaro.example',
      'MariaLopez2024',
      'maria-lopez-1',
      'CostaClara2025',
      'coraltravel!!',
      'shore.localhost',
      'viajesfaro99',
    ])
      expect([password, await faultOf(password)]).toEqual([password, 'password_context']);
    expect(await faultOf('costa brava sin nubes ni viento')).toBeUndefined();
  });

  it('6.2.12: is looked up in ranges of breached ones, where they are given, and nowhere else', async () => {
    const breached = 'seven lanterns over water';
    const sha1 = createHash('sha1').update(breached).digest('hex').toUpperCase();
    writeFileSync(join(folder, sha1.slice(0, 5)), `0000000000000000000000000000000000A:3\r\n${sha1.slice(5)}:12\r\n`);
    const strict = createPasswordRules({ breachedDir: folder });
    expect(await strict.fault(breached, context)).toBe('password_breached');
    expect(await strict.fault('eight lanterns over water', context)).toBeUndefined();
    expect(await faultOf(breached)).toBeUndefined();
  });
});

describe('a stored password', () => {
  it('6.2.8, 11.4.2: is argon2id of the whole: two that differ in their eightieth byte differ', async () => {
    const passwords = createPasswords();
    const long = 'k'.repeat(40) + 'é'.repeat(19);
    const stored = await passwords.hash(`${long}aa`);
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(stored, `${long}aa`)).toBe(true);
    expect(await passwords.verify(stored, `${long}ab`)).toBe(false);
    expect(await passwords.verify(null, `${long}aa`)).toBe(false);
  });
});
