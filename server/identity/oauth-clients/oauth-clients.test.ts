import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../../kernel/database/builder.ts';
import { adminToken, basic, callApi, jsonOf, post, registerApp } from '../issuer/testing.ts';
import { addAgency, startTwoTenants, type TwoTenants } from '../testing.ts';

let all: TwoTenants;
let first: TwoTenants['first'];
let admin: string;
beforeAll(async () => {
  all = await startTwoTenants();
  ({ first } = all);
  admin = await adminToken(all, first);
});
afterAll(() => all?.close());

const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>, token = admin) =>
  callApi(all, first, token, method, path, body, headers);

describe('/oauth-clients', () => {
  it('shows the secret once, keeps it sealed, and lists what was registered', async () => {
    const app = await registerApp(all, first, { name: 'Trip Planner' });
    expect(app.clientSecret).toMatch(/^[\w-]{43}$/);
    const stored = await first.sql.one(q('oauth_clients').where({ id: app.id }));
    expect(JSON.stringify(stored)).not.toContain(app.clientSecret);
    const one = await api('GET', `/oauth-clients/${app.id}`);
    expect(one.headers.etag).toBe('"1"');
    expect(jsonOf(one)).toMatchObject({
      name: 'Trip Planner',
      scopes: ['openid', 'profile', 'email'],
      state: 'active',
    });
    for (const text of [one.text, (await api('GET', '/oauth-clients')).text]) {
      expect(text).toContain(app.clientId);
      expect(text).not.toMatch(/clientSecret|secretEncrypted|v1\./);
    }
  });

  it('changes what may change, for whoever has seen the newest version', async () => {
    const app = await registerApp(all, first);
    const change = { redirectUris: ['https://new.partner.test/callback'] };
    expect((await api('PATCH', `/oauth-clients/${app.id}`, change)).status).toBe(428);
    const changed = await api('PATCH', `/oauth-clients/${app.id}`, change, { 'if-match': '"1"' });
    expect([changed.status, changed.headers.etag, jsonOf(changed)]).toMatchObject([200, '"2"', change]);
    expect((await api('PATCH', `/oauth-clients/${app.id}`, change, { 'if-match': '"1"' })).status).toBe(412);
    const kind = await api('PATCH', `/oauth-clients/${app.id}`, { authMethod: 'none' }, { 'if-match': '"2"' });
    expect(kind.status).toBe(400);
  });

  it('says what is wrong with a registration, and where', async () => {
    const answer = await api('POST', '/oauth-clients', {
      name: 'Bad',
      applicationType: 'web',
      authMethod: 'client_secret_basic',
      redirectUris: ['https://ok.partner.test/cb', 'http://insecure.partner.test/cb'],
    });
    expect(answer.status).toBe(400);
    expect(jsonOf<{ errors: unknown[] }>(answer).errors).toEqual([
      {
        pointer: '/redirectUris/1',
        code: 'uri',
        detail: 'http://insecure.partner.test/cb must begin with https://.',
      },
    ]);
  });

  it('gives a new secret that replaces the one before', async () => {
    const app = await registerApp(all, first);
    const { clientSecret } = jsonOf<{ clientSecret: string }>(await api('POST', `/oauth-clients/${app.id}/secret`));
    const tryWith = async (secret: string) =>
      jsonOf(
        await post(all, first, '/oidc/token', 'grant_type=refresh_token&refresh_token=none', {
          authorization: basic(app.clientId, secret),
        }),
      ).error;
    expect(await tryWith(app.clientSecret!)).toBe('invalid_client');
    expect(await tryWith(clientSecret)).toBe('invalid_grant');
  });

  it('stays closed to agencies, to other tenants, and to what was revoked', async () => {
    const app = await registerApp(all, first);
    const agency = await addAgency(all, first);
    const client = await all.server.identity.createApiClient(first.sql, first.vault, {
      name: 'Agency',
      role: 'agency_admin',
      agencyId: agency.id,
      createdBy: null,
    });
    const { access_token: theirs } = jsonOf<{ access_token: string }>(
      await post(all, first, '/oidc/token', 'grant_type=client_credentials', {
        authorization: basic(client.clientId, client.clientSecret),
      }),
    );
    for (const [method, path] of [
      ['GET', '/oauth-clients'],
      ['GET', `/oauth-clients/${app.id}`],
      ['DELETE', `/oauth-clients/${app.id}`],
      ['POST', `/oauth-clients/${app.id}/secret`],
    ] as const)
      expect((await api(method, path, undefined, {}, theirs)).status, `${method} ${path}`).toBe(403);
    const foreign = await adminToken(all, all.second);
    const elsewhere = await callApi(all, all.second, foreign, 'GET', `/oauth-clients/${app.id}`);
    expect(elsewhere.status).toBe(404);
    expect((await api('DELETE', `/oauth-clients/${app.id}`)).status).toBe(204);
    expect((await api('POST', `/oauth-clients/${app.id}/secret`)).status).toBe(409);
  });
});
