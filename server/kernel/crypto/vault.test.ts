import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encrypt } from './sealed-value.ts';
import { createVault, DESTROYED, SealBroken, type TenantVault } from './vault.ts';

const key = () => randomBytes(32).toString('base64');
const master = key();
const vault = createVault(master);
const ring = vault.newWrappedKey('tenant-a');
const a = vault.forTenant('tenant-a', ring);

describe('a sealed value', () => {
  it('opens in its own cell and says nothing of its content', () => {
    const sealed = a.seal('travellers.document', 'XDB123456', 'row-1');
    expect(sealed).toMatch(/^v2\.1r\.[\w-]+$/);
    expect(a.open('travellers.document', sealed, 'row-1')).toBe('XDB123456');
    expect(a.open('session.tokens', a.seal('session.tokens', 'ñ€'))).toBe('ñ€');
  });

  it('ASVS 11.3: does not open with any character changed', () => {
    const sealed = a.seal('users.email', 'clara@mail.test', 'row-1');
    const payloadAt = sealed.lastIndexOf('.') + 1;
    for (let at = payloadAt; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const flipped = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(() => a.open('users.email', flipped, 'row-1'), `character ${at}`).toThrow(SealBroken);
    }
    expect(() => a.open('users.email', sealed.slice(0, -4), 'row-1')).toThrow(SealBroken);
  });

  it('ASVS 11.3: does not open in another row, column, tenant or key version', () => {
    const sealed = a.seal('users.email', 'clara@mail.test', 'row-1');
    expect(() => a.open('users.email', sealed, 'row-2')).toThrow(SealBroken);
    expect(() => a.open('users.email', sealed)).toThrow(SealBroken);
    expect(() => a.open('invitations.email', sealed, 'row-1')).toThrow(SealBroken);
    const b = vault.forTenant('tenant-b', vault.newWrappedKey('tenant-b'));
    expect(() => b.open('users.email', sealed, 'row-1')).toThrow(SealBroken);
    // The keys of A under the id of B do not even unwrap.
    expect(() => vault.forTenant('tenant-b', ring)).toThrow(SealBroken);
    expect(() => a.open('users.email', sealed.replace('v2.1r', 'v2.2r'), 'row-1')).toThrow(SealBroken);
  });

  it('E07: never repeats a nonce', () => {
    const nonces = new Set<string>();
    const many = 50_000;
    // 16 characters of base64url are the 12 bytes of the nonce.
    for (let i = 0; i < many; i += 1) nonces.add(a.seal('users.email', 'x', 'row').slice(6, 22));
    expect(nonces.size).toBe(many);
  });
});

describe('a blind index', () => {
  it('is the same for every spelling of an address, and another in another column or tenant (E03)', () => {
    const b = vault.forTenant('tenant-b', vault.newWrappedKey('tenant-b'));
    const index = a.index('users.email', 'clara@mail.test');
    expect(a.index('users.email', ' Clara@Mail.TEST ')).toBe(index);
    expect(a.index('users.email', 'ｃlara@mail.test')).toBe(index);
    expect(a.index('invitations.email', 'clara@mail.test')).not.toBe(index);
    expect(b.index('users.email', 'clara@mail.test')).not.toBe(index);
  });

  it('finds a name by its words and their beginnings, whatever the accents', () => {
    const terms = new Set(a.terms('users.name', 'José María García'));
    const finds = (typed: string) => a.wanted('users.name', typed).every((term) => terms.has(term));
    for (const typed of ['garcía', 'Garcia', 'gar', 'jose gar', 'MARIA']) expect(finds(typed), typed).toBe(true);
    for (const typed of ['arcia', 'ga', 'garcias', 'jose lopez']) expect(finds(typed), typed).toBe(false);
  });
});

describe('keys', () => {
  const now = new Date('2026-11-24T10:00:00Z');
  const at = (stored: string, masters = vault): TenantVault => masters.forTenant('tenant-a', stored);

  it('E04: a new data key leaves old values readable, and what is derived as it was', () => {
    const before = {
      sealed: a.seal('users.email', 'old', 'r'),
      index: a.index('users.email', 'x'),
      cookie: a.derive('c'),
    };
    const added = vault.rings.addKey('tenant-a', ring, now);
    // A process that learns of the key later still reads what others write: nobody seals with it yet.
    expect(at(added).seal('users.email', 'x', 'r')).toMatch(/^v2\.1r/);
    const used = vault.rings.useNewest('tenant-a', added, now);
    expect(at(used).seal('users.email', 'new', 'r')).toMatch(/^v2\.2r/);
    expect(at(added).open('users.email', at(used).seal('users.email', 'new', 'r'), 'r')).toBe('new');
    expect(at(used).open('users.email', before.sealed, 'r')).toBe('old');
    expect(at(used).isCurrent(before.sealed, true)).toBe(false);
    expect(at(used).index('users.email', 'x')).toBe(before.index);
    expect(at(used).derive('c')).toEqual(before.cookie);
    const retired = vault.rings.dropReplaced('tenant-a', used, now);
    expect(vault.rings.describe('tenant-a', retired)).toEqual({ current: 2, versions: [2], replaced: {} });
    expect(() => at(retired).open('users.email', before.sealed, 'r')).toThrow(SealBroken);
    expect(at(retired).derive('c')).toEqual(before.cookie);
  });

  it('E04: a new master key opens the old rings while it knows the old key, and re-wraps them', () => {
    const sealed = a.seal('users.email', 'clara', 'r');
    const next = key();
    const both = createVault(next, [master]);
    expect(at(ring, both).open('users.email', sealed, 'r')).toBe('clara');
    const rewrapped = both.rings.rewrap('tenant-a', ring, now);
    expect(at(rewrapped, createVault(next)).open('users.email', sealed, 'r')).toBe('clara');
    expect(() => at(rewrapped)).toThrow(SealBroken);
    expect(() => at(ring, createVault(next))).toThrow(/MASTER_KEY/);
  });

  it('E05: once destroyed nothing of the tenant opens', () => {
    expect(() => at(DESTROYED)).toThrow(/destroyed/);
  });

  it('of before versions still open what they sealed, and can be given a version', () => {
    const masterKey = Buffer.from(master, 'base64');
    const dataKey = randomBytes(32);
    const old = `v1.${encrypt(masterKey, dataKey, 'tenant-key:tenant-a')}`;
    const sealed = `v1.${encrypt(dataKey, Buffer.from('1990-05-14'), 'tenant-a:travellers.born_on')}`;
    const secret = at(old).derive('oidc-cookies');
    expect(at(old).open('travellers.born_on', sealed, 'r')).toBe('1990-05-14');
    const rotated = vault.rings.useNewest('tenant-a', vault.rings.addKey('tenant-a', old, now), now);
    expect(at(rotated).open('travellers.born_on', sealed, 'r')).toBe('1990-05-14');
    expect(at(rotated).derive('oidc-cookies')).toEqual(secret);
  });
});
