import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mortalDatabase } from '../../testing/mortal-database.ts';
import { createBrowser, send, startIdentityServer, startTwoTenants, type TwoTenants } from '../testing.ts';
import { rotateKeys } from './rotate-keys.ts';
import type { RotationReason } from './key-rotation.ts';

const PASSWORD = 'a quiet harbour at dawn';
const DAY = 24 * 3_600_000;
let all: TwoTenants;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead) };

beforeAll(async () => {
  all = await startTwoTenants({ clock });
});
afterAll(() => all?.close());

const rotate = (site: TwoTenants['first'], reason: RotationReason) =>
  all.world.database.withTenant(site.tenant, (sql) => all.server.identity.signingKeys.rotate(sql, site.tenant, reason));
const keysOf = (site: TwoTenants['first']) => all.server.identity.signingKeys.list(site.sql);
const states = async (site: TwoTenants['first']) => (await keysOf(site)).map((key) => key.state);

async function newToken(site: TwoTenants['first'], port = all.server.port): Promise<string> {
  const client = await all.server.identity.createApiClient(site.sql, site.vault, {
    name: 'Back office',
    role: 'reseller_admin',
    agencyId: null,
    createdBy: null,
  });
  const answer = await send(port, site.brand, 'POST', '/oidc/token', {
    headers: {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  return (JSON.parse(answer.text) as { access_token: string }).access_token;
}
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const callMe = async (site: TwoTenants['first'], token: string, port = all.server.port): Promise<number> =>
  (await send(port, site.brand, 'GET', '/api/v1/me', { headers: { authorization: `Bearer ${token}` } })).status;
const keySet = async (site: TwoTenants['first'], port = all.server.port) =>
  (
    JSON.parse((await send(port, site.brand, 'GET', '/oidc/jwks')).text) as {
      keys: Array<Record<string, string>>;
    }
  ).keys;

describe('O24 key rotation', () => {
  it('publishes public halves only, the next key before it signs', async () => {
    const keys = await keySet(all.first);
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(keys.map((key) => key.kid).sort()).toEqual((await keysOf(all.first)).map((key) => key.kid).sort());
  });

  it('changes the signing key while tokens of the one before are still accepted, and signs out with its ID tokens', async () => {
    const { identity } = all.server;
    await identity.createUser(all.first.sql, {
      email: 'ana@customers.test',
      password: PASSWORD,
      givenName: 'Ana',
      familyName: 'Sol',
      role: 'customer',
      agencyId: null,
    });
    const browser = createBrowser(all.server.port, all.first.brand);
    await browser.signIn('ana@customers.test', PASSWORD);
    const before = await newToken(all.first);
    const [current, next] = await keysOf(all.first);
    const done = await rotate(all.first, 'asked');
    expect(done.acts).toEqual([
      { act: 'now_signs', kid: next!.kid },
      { act: 'still_accepted', kid: current!.kid },
      { act: 'published', kid: done.next!.kid },
    ]);
    // Another process, which has not read the keys yet, signs with the new one; this one accepts it without having waited.
    const other = await startIdentityServer(all.world, all.sites);
    const after = await newToken(all.first, other.port);
    expect([kidOf(before), kidOf(after)]).toEqual([current!.kid, next!.kid]);
    expect([await callMe(all.first, before, other.port), await callMe(all.first, after, other.port)]).toEqual([
      200, 200,
    ]);
    expect([await callMe(all.first, before), await callMe(all.first, after)]).toEqual([200, 200]);
    expect((await keySet(all.first, other.port)).map((key) => key.kid)).toContain(current!.kid);
    await other.close();
    const { csrfToken } = await browser.session();
    const end = await browser.follow(
      await browser.visit('POST', '/auth/logout', {
        body: `_csrf=${csrfToken}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: all.first.brand.origin },
      }),
    );
    expect(end.path).toBe('/');
    expect(browser.jar.has('portolan_issuer')).toBe(false);
  });

  it('does not rotate again before the next key can be known everywhere, unless told to', async () => {
    const before = await keysOf(all.first);
    expect((await rotate(all.first, 'asked')).acts).toEqual([]);
    expect(await keysOf(all.first)).toEqual(before);
    expect((await rotate(all.first, 'now')).acts).toHaveLength(3);
    expect(await states(all.first)).toEqual(['current', 'next', 'previous', 'previous']);
  });

  it('happens by the clock after ninety days, and withdraws a key when no session can be left that began with it', async () => {
    ahead = 91 * DAY;
    try {
      const signing = (await keysOf(all.second))[0]!.kid;
      await rotate(all.second, 'due');
      expect(await states(all.second)).toEqual(['current', 'next', 'previous']);
      expect((await keysOf(all.second))[0]!.kid).not.toBe(signing);
      expect((await rotate(all.second, 'due')).acts).toEqual([]);
      ahead = 122 * DAY;
      expect((await rotate(all.second, 'due')).acts).toEqual([{ act: 'retired', kid: signing }]);
    } finally {
      ahead = 0;
    }
  });

  it('refuses at once what a compromised key has signed, also where the token was accepted before', async () => {
    const token = await newToken(all.second);
    expect(await callMe(all.second, token)).toBe(200);
    const done = await rotate(all.second, 'compromised');
    expect(done.acts).toContainEqual({ act: 'retired', kid: kidOf(token) });
    const fresh = await startIdentityServer(all.world, all.sites);
    expect(await callMe(all.second, token, fresh.port)).toBe(401);
    expect(await callMe(all.second, await newToken(all.second, fresh.port), fresh.port)).toBe(200);
    await fresh.close();
  });

  it('by ten at once is one rotation, and a process killed at any statement leaves the keys as they were or as they should be', async () => {
    const before = (await keysOf(all.second)).length;
    ahead = 2 * DAY;
    try {
      await Promise.all(Array.from({ length: 10 }, () => rotate(all.second, 'asked')));
      expect(await states(all.second)).toHaveLength(before + 1);
      ahead = 4 * DAY;
      const wanted = (await keysOf(all.second)).find((key) => key.state === 'next')!.kid;
      for (let dying = 1; dying < 20; dying += 1) {
        const database = mortalDatabase(all.world.database, (statement) => statement >= dying);
        const attempt = database.withTenant(all.second.tenant, (sql) =>
          rotateKeys({ clock, vault: all.second.vault }, sql, 'asked'),
        );
        const finished = await attempt.then(
          () => true,
          () => false,
        );
        const keys = await keysOf(all.second);
        expect(keys.filter((key) => key.state === 'current')).toHaveLength(1);
        expect(keys[0]!.kid === wanted).toBe(finished);
        if (finished) return;
      }
      throw new Error('The rotation never came to its end');
    } finally {
      ahead = 0;
    }
  });
});
