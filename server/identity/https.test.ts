import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, send, startTwoTenants, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
let all: TwoTenants;

beforeAll(async () => {
  all = await startTwoTenants({ environment: { PUBLIC_ORIGIN_SCHEME: 'https', PUBLIC_PORT: '' } });
  await all.server.identity.createUser(all.first.sql, {
    email: 'ana@customers.test',
    password: PASSWORD,
    givenName: 'Ana',
    familyName: 'Sol',
    role: 'customer',
    agencyId: null,
  });
});
afterAll(() => all?.close());

describe('behind a proxy that ends TLS', () => {
  it('signs in with cookies that are bound to this host and sent over https only', async () => {
    const { server, first } = all;
    expect(first.brand.origin).toMatch(/^https:\/\/[a-z0-9]+\.localhost$/);
    const browser = createBrowser(server.port, first.brand);
    const landed = await browser.signIn('ana@customers.test', PASSWORD, '/trips');
    expect(landed.path).toBe('/trips');
    expect([...browser.jar.keys()]).toEqual(
      expect.arrayContaining(['__Host-portolan_sid', '__Host-portolan_issuer', '__Host-portolan_form']),
    );
    expect(await browser.session()).toMatchObject({ role: 'customer' });
    const login = await send(server.port, first.brand, 'GET', '/auth/login');
    const url = new URL(login.headers.location!);
    expect(url.origin).toBe(first.brand.origin);
    const authorize = await send(server.port, first.brand, 'GET', `${url.pathname}${url.search}`);
    for (const line of [...login.headers['set-cookie']!, ...authorize.headers['set-cookie']!])
      expect(line).toMatch(/; secure/i);
  });
});
