import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, startTwoTenants, type TwoTenants } from './testing.ts';
import { readSignInPolicy } from './sign-in-policy.ts';

const PASSWORD = 'a quiet harbour at dawn';
let all: TwoTenants;

beforeAll(async () => {
  all = await startTwoTenants();
  for (const [email, role] of [
    ['owner@reseller.test', 'reseller_admin'],
    ['clerk@reseller.test', 'reseller_staff'],
  ] as const)
    await all.server.identity.createUser(all.first.sql, {
      email,
      password: PASSWORD,
      givenName: 'Olga',
      familyName: 'Sol',
      role,
      agencyId: null,
    });
});
afterAll(() => all?.close());

async function callerOf(email: string) {
  const browser = createBrowser(all.server.port, all.first.brand);
  await browser.signIn(email, PASSWORD);
  const { csrfToken } = await browser.session();
  return async (method: string, body?: unknown, version?: string) => {
    const answer = await browser.visit(method, '/api/v1/sign-in-policy', {
      headers: {
        'content-type': 'application/json',
        'x-csrf-token': csrfToken!,
        ...(version === undefined ? {} : { 'if-match': version }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ...answer, body: JSON.parse(answer.text) as Record<string, unknown> };
  };
}

describe('the sign-in policy', () => {
  it('asks for nothing at first, is decided by version, and holds at the next sign-in', async () => {
    const owner = await callerOf('owner@reseller.test');
    const before = await owner('GET');
    expect([before.status, before.headers.etag, before.body]).toEqual([
      200,
      '"0"',
      { secondFactorRoles: [], version: 0 },
    ]);
    const decided = await owner('PUT', { secondFactorRoles: ['reseller_staff', 'reseller_staff'] }, '"0"');
    expect([decided.status, decided.headers.etag]).toEqual([200, '"1"']);
    expect(decided.body).toEqual({ secondFactorRoles: ['reseller_staff'], version: 1 });
    expect((await owner('PUT', { secondFactorRoles: [] }, '"0"')).status).toBe(412);
    expect((await owner('PUT', { secondFactorRoles: [] })).status).toBe(428);
    expect(await readSignInPolicy(all.second.sql)).toEqual({ secondFactorRoles: [], version: 0 });

    const clerk = createBrowser(all.server.port, all.first.brand);
    await clerk.signIn('clerk@reseller.test', PASSWORD);
    expect((await clerk.session()).user).toBeNull();
    const opened = await owner('PUT', { secondFactorRoles: [] }, '"1"');
    expect([opened.status, opened.headers.etag]).toEqual([200, '"2"']);
  });

  it('names the field that cannot be', async () => {
    const owner = await callerOf('owner@reseller.test');
    const answer = await owner('PUT', { secondFactorRoles: ['reseller_admin', 'customer'] }, '"2"');
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ pointer: '/secondFactorRoles/1' }] });
  });

  it('is the reseller’s administrators’ alone', async () => {
    const clerk = await callerOf('clerk@reseller.test');
    expect((await clerk('GET')).status).toBe(403);
    expect((await clerk('PUT', { secondFactorRoles: [] }, '"2"')).status).toBe(403);
  });
});
