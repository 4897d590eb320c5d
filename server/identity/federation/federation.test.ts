import { generate } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../kernel/database/builder.ts';
import {
  createIdpSandbox,
  type IdpEvil,
  type IdpKind,
  type IdpPerson,
  type IdpSandbox,
} from '../../sandbox/idp/index.ts';
import { newId } from '../../kernel/ids.ts';
import { systemActor, type Actor } from '../../kernel/http/actor.ts';
import { startDnsDouble, type DnsDouble } from '../../testing/dns-double.ts';
import { findUserByEmail } from '../repository.ts';
import { createBrowser, eventsOf, startTwoTenants, type Answer, type Browser, type TwoTenants } from '../testing.ts';
import { addDomain, addProvider, changeProvider, verifyDomain, type ProviderInput } from './administer-providers.ts';
import { methodsOf } from './provider.ts';

const OWNER: Actor = { ...systemActor, role: 'reseller_admin' };
const PASSWORD = 'a quiet harbour at dawn';
const CLIENT = { clientId: 'portal-of-aurora', clientSecret: 'a secret that only the two of us know' };

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];
let idp: IdpSandbox;
let okta: IdpSandbox;

const person = (name: string, more: Partial<IdpPerson> = {}): IdpPerson => ({
  sub: `s-${name}`,
  email: `${name}@contoso.test`,
  givenName: name,
  familyName: 'Contoso',
  groups: ['staff'],
  ...more,
});
const startIdp = async (kind: IdpKind, people: IdpPerson[]) => {
  const made = createIdpSandbox({ port: 0, kind, ...CLIENT, people });
  await made.start();
  return made;
};

let dns: DnsDouble;

beforeAll(async () => {
  dns = await startDnsDouble();
  all = await startTwoTenants({ environment: { EGRESS_ALLOW_PRIVATE: 'true', DNS_SERVERS: dns.address } });
  ({ server, first, second } = all);
  idp = await startIdp('entra', [person('olivia')]);
  okta = await startIdp('okta', [person('kai', { groups: ['desk'] })]);
});
afterAll(async () => {
  await all?.close();
  await dns?.close();
  await Promise.all([idp, okta].map((each) => each?.stop()));
});
beforeEach(() => idp.setEvil(undefined));

const inputOf = (more: Partial<ProviderInput> = {}): ProviderInput => ({
  name: 'Contoso',
  kind: 'entra',
  issuer: idp.url,
  ...CLIENT,
  allowedTenants: [],
  allowedHostedDomains: [],
  showButton: true,
  provisioning: true,
  defaultRole: 'reseller_staff',
  defaultAgencyId: null,
  groupClaim: null,
  mappings: [],
  enforced: false,
  emergencyUserId: null,
  state: 'active',
  ...more,
});
const deps = () => ({ database: all.world.database, allowHttp: true });

/** A provider with a proven domain; the only one of the tenant. */
async function connect(more: Partial<ProviderInput> = {}, { site = first, proven = true } = {}) {
  await site.sql.run(q('identity_providers').delete());
  const { enforced, emergencyUserId, ...rest } = more;
  const provider = await addProvider(deps(), site.sql, OWNER, inputOf(rest));
  await addDomain(site.sql, provider.id, 'contoso.test');
  if (proven) await site.sql.run(q('identity_provider_domains').update({ verified_at: new Date() }));
  return enforced
    ? changeProvider(deps(), site.sql, OWNER, provider.id, {
        enforced,
        ...(emergencyUserId ? { emergencyUserId } : {}),
      })
    : provider;
}

/** Walks through the provider's own pages as the person, until it sends the browser back. */
async function walk(start: string, sub: string, origin = first.brand.origin): Promise<string> {
  const jar = new Map<string, string>();
  let url = start;
  let body: string | undefined;
  for (let hop = 0; hop < 12; hop++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = answer.headers.get('location');
    if (location?.startsWith(origin)) return location.slice(origin.length);
    body = location ? undefined : new URLSearchParams({ person: sub }).toString();
    url = location ? new URL(location, url).href : url;
  }
  throw new Error('The provider does not send the browser back');
}

interface Via {
  site?: TwoTenants['first'];
  edit?: (callback: string) => string;
  path?: string;
}

/** Leaves for the provider from the sign-in page and comes back; answers where that ends. */
async function signInVia(
  browser: Browser,
  sub: string,
  { site = first, edit, path = '/auth/login?returnTo=/trips' }: Via = {},
) {
  const page = await browser.open(path);
  const button = /href="(\/interaction\/[^"]+\/sso\?provider[^"]+)"/.exec(page.text)?.[1];
  if (!button) throw new Error(`No button on ${page.text.slice(0, 300)}`);
  const left = await browser.visit('GET', button.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
  const callback = await walk(left.headers.location!, sub, site.brand.origin);
  return browser.follow(await browser.visit('GET', edit ? edit(callback) : callback));
}
const freshBrowser = (site = first) => createBrowser(server.port, site.brand);
const messageOf = ({ text }: Answer) => /auth__lead">([^<]+)</.exec(text)?.[1] ?? '';
const makeUser = (email: string, role: 'reseller_admin' | 'reseller_staff' | 'customer' = 'reseller_staff') =>
  server.identity.createUser(first.sql, {
    email,
    password: PASSWORD,
    givenName: 'A',
    familyName: 'B',
    role,
    agencyId: null,
  });

/** A permission set, by its id. */
async function makeSet(permissions: string[]): Promise<string> {
  const id = newId();
  await first.sql.run(
    q('permission_sets').insert({
      id,
      name: `Set ${id}`,
      description: '',
      permissions,
      version: 1,
      created_at: q.fn.now(),
      updated_at: q.fn.now(),
    }),
  );
  return id;
}

describe('signing in at the employer’s provider', () => {
  it('makes an account for a person of a proven domain and signs it in, by provider and subject', async () => {
    await connect();
    const browser = freshBrowser();
    expect((await signInVia(browser, 's-olivia')).path).toBe('/trips');
    const session = await browser.session();
    expect(session).toMatchObject({
      user: { email: 'olivia@contoso.test' },
      role: 'reseller_staff',
      emailVerified: true,
    });
    expect(methodsOf({ sub: 'x', amr: ['pwd', 'mfa'] })).toEqual(['fed', 'mfa']);

    const again = freshBrowser();
    idp.people[0]!.email = 'olivia.married@contoso.test';
    await signInVia(again, 's-olivia');
    expect((await again.session()).user).toMatchObject({ email: 'olivia@contoso.test' });
    idp.people[0]!.email = 'olivia@contoso.test';
  });

  it('reads thin tokens’ claims from userinfo, as Okta has them', async () => {
    await connect({
      kind: 'okta',
      issuer: okta.url,
      groupClaim: 'groups',
      mappings: [{ group: 'desk', role: 'reseller_admin', agencyId: null, permissionSetId: null }],
    });
    const browser = freshBrowser();
    await signInVia(browser, 's-kai');
    expect(await browser.session()).toMatchObject({ user: { email: 'kai@contoso.test' }, role: 'reseller_admin' });
  });

  it.each<IdpEvil>([
    'wrong-iss',
    'wrong-aud',
    'alg-none',
    'bad-signature',
    'hs256-with-client-secret',
    'no-sub',
    'wrong-nonce',
    'no-nonce',
    'expired',
    'kid-absent',
    'kid-unknown',
    'no-id-token',
  ])('signs nobody in when the ID token has %s', async (mode) => {
    await connect();
    idp.setEvil(mode);
    const browser = freshBrowser();
    const end = await signInVia(browser, 's-olivia');
    expect(end.status).toBe(400);
    expect(messageOf(end)).toContain('could not be trusted');
    expect((await browser.session()).user).toBeNull();
  });

  it('signs nobody in when userinfo is about somebody else', async () => {
    await connect({ kind: 'okta', issuer: okta.url });
    okta.setEvil('userinfo-of-somebody-else');
    const browser = freshBrowser();
    expect((await signInVia(browser, 's-kai')).status).toBe(400);
    expect((await browser.session()).user).toBeNull();
    okta.setEvil(undefined);
  });

  it('refuses an answer of another issuer, of another browser, used twice or without state (O26)', async () => {
    await connect();
    const change = (edit: (query: URLSearchParams) => void) => (callback: string) => {
      const url = new URL(callback, first.brand.origin);
      edit(url.searchParams);
      return url.pathname + url.search;
    };
    for (const edit of [
      change((query) => query.set('iss', 'https://elsewhere.test')),
      change((query) => query.delete('iss')),
      change((query) => query.delete('state')),
      change((query) => query.set('code', 'made-up')),
    ]) {
      const browser = freshBrowser();
      expect((await signInVia(browser, 's-olivia', { edit })).status).toBe(400);
      expect((await browser.session()).user).toBeNull();
    }
    let stolen = '';
    const owner = freshBrowser();
    await signInVia(owner, 's-olivia', { edit: (callback) => (stolen = callback) });
    const thief = freshBrowser();
    expect((await thief.visit('GET', stolen)).status).toBe(400);
    expect((await owner.visit('GET', stolen)).status).toBe(400);
  });

  it('says that it was cancelled, or that the provider cannot be reached, and leads back to the sign-in page', async () => {
    const provider = await connect();
    const browser = freshBrowser();
    const end = await signInVia(browser, 'nobody');
    expect(messageOf(end)).toContain('was cancelled');
    expect(end.text).toMatch(/href="\/interaction\/[^"]+"/);
    await changeProvider(deps(), first.sql, OWNER, provider.id, { issuer: 'http://127.0.0.1:9' });
    const page = await freshBrowser().open('/auth/login');
    expect(page.text).toContain('Continue with Contoso');
    const other = freshBrowser();
    const there = await other.open('/auth/login');
    const button = /href="(\/interaction\/[^"]+\/sso\?provider[^"]+)"/.exec(there.text)![1]!.replaceAll('&#x3D;', '=');
    const answer = await other.visit('GET', button);
    expect(answer.status).toBe(502);
    expect(messageOf(answer)).toContain('cannot be reached');
  });

  it('is of one tenant: its provider is no way into another', async () => {
    const provider = await connect();
    const browser = freshBrowser(second);
    const page = await browser.open('/auth/login');
    expect(page.text).not.toContain('Contoso');
    const uid = /\/interaction\/([\w-]+)/.exec(page.path)![1]!;
    expect((await browser.visit('GET', `/interaction/${uid}/sso?provider=${provider.id}`)).status).toBe(400);
  });
});

describe('whom a provider may speak for', () => {
  it('lets in people of the named directories and Workspace domains only', async () => {
    await connect({ allowedTenants: ['00000000-0000-0000-0000-000000000001'] });
    const end = await signInVia(freshBrowser(), 's-olivia');
    expect(messageOf(end)).toContain('directory is not connected');
    await connect({ allowedHostedDomains: ['contoso.test'] });
    expect(messageOf(await signInVia(freshBrowser(), 's-olivia'))).toContain('not of a company');
  });

  it('lets in Google accounts of the named Workspace domains only, by `hd` and not by the address', async () => {
    const google = await startIdp('google', [
      person('greta'),
      person('private', { hd: null }),
      person('elsewhere', { hd: 'elsewhere.test' }),
    ]);
    try {
      await connect({ kind: 'google', issuer: google.url, allowedHostedDomains: ['contoso.test'] });
      const browser = freshBrowser();
      await signInVia(browser, 's-greta');
      expect((await browser.session()).user).toMatchObject({ email: 'greta@contoso.test' });
      for (const sub of ['s-private', 's-elsewhere'])
        expect(messageOf(await signInVia(freshBrowser(), sub))).toContain('not of a company');
    } finally {
      await google.stop();
    }
  });

  it('refuses to connect an issuer that signs in anybody without naming the company', async () => {
    for (const shared of [
      { issuer: 'https://login.microsoftonline.com/common/v2.0' },
      { issuer: 'https://login.microsoftonline.com/organizations/v2.0' },
      { issuer: 'https://accounts.google.com' },
      { issuer: 'ftp://x' },
    ])
      await expect(addProvider(deps(), first.sql, OWNER, inputOf(shared))).rejects.toMatchObject({
        code: 'identity.provider_invalid',
      });
  });

  it('gives no account for an unproven domain, an unverified address, or where accounts are not made', async () => {
    idp.people.push(
      person('mallory', { email: 'admin@elsewhere.test' }),
      person('unverified', { claims: { email_verified: false } }),
      person('newcomer'),
    );
    await connect();
    for (const sub of ['s-mallory', 's-unverified'])
      expect(messageOf(await signInVia(freshBrowser(), sub))).toContain('no account here yet');
    await connect({}, { proven: false });
    expect(messageOf(await signInVia(freshBrowser(), 's-newcomer'))).toContain('no account here yet');
    await connect({ provisioning: false });
    expect(messageOf(await signInVia(freshBrowser(), 's-newcomer'))).toContain('no account here yet');
  });

  it('ties an existing account only after its own password was given, and then for good', async () => {
    await connect();
    await makeUser('paula@contoso.test');
    idp.people.push(person('paula'));
    const browser = freshBrowser();
    const page = await signInVia(browser, 's-paula');
    expect(page.path).toMatch(/^\/interaction\//);
    expect(page.text).toContain('has an account already');
    expect((await browser.session()).user).toBeNull();
    expect(await first.sql.all(q('federated_identities').where({ subject: 's-paula' }))).toEqual([]);
    await browser.submit(page, { email: 'paula@contoso.test', password: 'not her password' });
    expect(await first.sql.all(q('federated_identities').where({ subject: 's-paula' }))).toEqual([]);
    await browser.follow(await browser.submit(page, { email: 'paula@contoso.test', password: PASSWORD }));
    expect((await browser.session()).user).toMatchObject({ email: 'paula@contoso.test' });
    const later = freshBrowser();
    expect((await signInVia(later, 's-paula')).path).toBe('/trips');
  });

  it('does not tie it to whoever else signs in on that page', async () => {
    await connect();
    await makeUser('rosa@contoso.test');
    await makeUser('other@elsewhere.test');
    idp.people.push(person('rosa'));
    const browser = freshBrowser();
    const page = await signInVia(browser, 's-rosa');
    await browser.follow(await browser.submit(page, { email: 'other@elsewhere.test', password: PASSWORD }));
    expect((await browser.session()).user).toMatchObject({ email: 'other@elsewhere.test' });
    expect(await first.sql.all(q('federated_identities').where({ subject: 's-rosa' }))).toEqual([]);
  });

  it('does not let in a person whose account was suspended', async () => {
    await connect();
    idp.people.push(person('sam'));
    await signInVia(freshBrowser(), 's-sam');
    const { id } = (await findUserByEmail(first.sql, 'sam@contoso.test'))!;
    await first.sql.run(q('users').where({ id }).update({ state: 'suspended' }));
    await server.identity.signOutEverywhere(first.tenant, id);
    expect(messageOf(await signInVia(freshBrowser(), 's-sam'))).toContain('cannot be used');
  });
});

describe('groups', () => {
  it('decide role at every sign-in; losing them takes rights away and ends sessions', async () => {
    await connect({
      groupClaim: 'groups',
      defaultRole: null,
      mappings: [
        { group: 'admins', role: 'reseller_admin', agencyId: null, permissionSetId: null },
        { group: 'desk', role: 'reseller_staff', agencyId: null, permissionSetId: null },
      ],
    });
    const gina = person('gina', { groups: ['desk', 'admins'] });
    idp.people.push(gina);
    const browser = freshBrowser();
    await signInVia(browser, 's-gina');
    expect((await browser.session()).role).toBe('reseller_admin');

    gina.groups = ['desk'];
    const again = freshBrowser();
    await signInVia(again, 's-gina');
    expect((await again.session()).role).toBe('reseller_staff');
    expect((await browser.session()).user).toBeNull();

    gina.groups = ['canteen'];
    expect(messageOf(await signInVia(freshBrowser(), 's-gina'))).toContain('none of the groups');
    expect((await again.session()).user).toBeNull();
  });

  it('give and take permission sets with the sessions that used them, also a set that was given by hand', async () => {
    const [desk, money] = await Promise.all([makeSet(['bookings.read']), makeSet(['finance.read'])]);
    const staff = (group: string, permissionSetId: string | null) => ({
      group,
      role: 'reseller_staff' as const,
      agencyId: null,
      permissionSetId,
    });
    const provider = await connect({
      groupClaim: 'groups',
      defaultRole: null,
      mappings: [staff('money', money), staff('desk', desk), staff('guests', null)],
    });
    const hugo = person('hugo', { groups: ['desk', 'a group that nobody mapped'] });
    idp.people.push(hugo);
    const setOf = async () => (await findUserByEmail(first.sql, 'hugo@contoso.test'))!.permissionSetId;
    const browser = freshBrowser();
    await signInVia(browser, 's-hugo');
    expect(await setOf()).toBe(desk);

    hugo.groups = ['desk', 'money'];
    await signInVia(freshBrowser(), 's-hugo');
    expect(await setOf()).toBe(money);
    expect((await browser.session()).user).toBeNull();

    const kept = freshBrowser();
    await signInVia(kept, 's-hugo');
    await signInVia(freshBrowser(), 's-hugo');
    expect((await kept.session()).user).not.toBeNull();

    await changeProvider(deps(), first.sql, OWNER, provider.id, {
      mappings: [staff('desk', desk), staff('guests', null)],
    });
    await signInVia(freshBrowser(), 's-hugo');
    expect(await setOf()).toBe(desk);
    hugo.groups = ['guests'];
    await signInVia(freshBrowser(), 's-hugo');
    expect(await setOf()).toBeNull();
  });

  it('that Entra left out for being too many are not read as none', async () => {
    await connect({
      groupClaim: 'roles',
      mappings: [{ group: 'admins', role: 'reseller_admin', agencyId: null, permissionSetId: null }],
    });
    idp.people.push(person('many', { claims: { hasgroups: true } }));
    expect(messageOf(await signInVia(freshBrowser(), 's-many'))).toContain('did not say which groups');
  });
});

describe('an enforced provider', () => {
  it('takes staff of its domain to the provider, whatever password they type, known or not', async () => {
    const { id: emergencyUserId } = await makeUser('keeper@contoso.test', 'reseller_admin');
    await makeUser('ines@contoso.test');
    await makeUser('guest@contoso.test', 'customer');
    await connect({ enforced: true, emergencyUserId });
    for (const email of ['ines@contoso.test', 'nobody@contoso.test']) {
      const browser = freshBrowser();
      const page = await browser.open('/auth/login');
      const answer = await browser.follow(await browser.submit(page, { email, password: PASSWORD }));
      expect(answer.text).toContain('People of this company sign in with Contoso');
      expect(answer.headers.refresh).toMatch(/^1; url=\/interaction\/.+\/sso\?provider=/);
      expect((await browser.session()).user).toBeNull();
    }
    const guest = freshBrowser();
    await guest.signIn('guest@contoso.test', PASSWORD);
    expect((await guest.session()).user).toMatchObject({ email: 'guest@contoso.test' });
    const outsider = freshBrowser();
    await makeUser('out@elsewhere.test');
    await outsider.signIn('out@elsewhere.test', PASSWORD);
    expect((await outsider.session()).user).toMatchObject({ email: 'out@elsewhere.test' });
  });

  it('keeps a way in for emergencies: with a second factor only, and every administrator is told', async () => {
    const { id: emergencyUserId } = await makeUser('breaker@contoso.test', 'reseller_admin');
    await makeUser('other.admin@elsewhere.test', 'reseller_admin');
    const told = async () =>
      (await eventsOf(all.world, first.tenant, 'identity.emergency_access_used@1')).map(
        ({ recipient, outcome, providerName, personName }) => ({ recipient, outcome, providerName, personName }),
      );
    const admins = await first.sql.all(q('users').where({ role: 'reseller_admin', state: 'active' }).select('id'));
    await connect({ enforced: true, emergencyUserId });
    const barred = freshBrowser();
    await barred.signIn('breaker@contoso.test', PASSWORD);
    expect((await barred.session()).user).toBeNull();
    const tried = await told();
    expect(tried).toHaveLength(admins.length);
    expect(tried).toContainEqual({
      recipient: 'other.admin@elsewhere.test',
      outcome: 'denied',
      providerName: 'Contoso',
      personName: 'A B',
    });

    await connect({});
    const owner = freshBrowser();
    await owner.signIn('breaker@contoso.test', PASSWORD);
    const page = await owner.open('/account/security/totp');
    const secret = /<code class="auth__code">([^<]+)</.exec(page.text)![1]!.replaceAll(' ', '');
    const shown = await owner.submit(page, { code: await generate({ secret, epoch: Math.floor(Date.now() / 1000) }) });
    const recoveryCode = /<li><code>([^<]+)</.exec(shown.text)![1]!;
    expect(await told()).toHaveLength(admins.length);

    await connect({ enforced: true, emergencyUserId });
    const browser = freshBrowser();
    const asked = await browser.signIn('breaker@contoso.test', PASSWORD);
    expect(asked.text).toContain('One more step');
    await browser.follow(await browser.submit(asked, { code: recoveryCode }));
    expect((await browser.session()).user).toMatchObject({ email: 'breaker@contoso.test' });
    expect((await told()).filter(({ outcome }) => outcome === 'done')).toHaveLength(admins.length);
  });

  it('cannot be switched on without a proven domain and an administrator who still gets in', async () => {
    const provider = await connect({}, { proven: false });
    await expect(changeProvider(deps(), first.sql, OWNER, provider.id, { enforced: true })).rejects.toMatchObject({
      extensions: { errors: [{ code: 'domain' }, { code: 'emergency_user' }] },
    });
    const emergencyUserId = '01890000-0000-7000-8000-00000000dead';
    await expect(changeProvider(deps(), first.sql, OWNER, provider.id, { emergencyUserId })).rejects.toMatchObject({
      extensions: { errors: [{ code: 'emergency_user' }] },
    });
  });
});

describe('a step-up of somebody who came through the provider', () => {
  const path = '/auth/step-up?returnTo=/trips';

  it('asks the provider for a new proof, and takes no old one', async () => {
    await connect();
    idp.people.push(person('vera'));
    const browser = freshBrowser();
    await signInVia(browser, 's-vera');
    const page = await browser.open(path);
    const button = /href="(\/interaction\/[^"]+\/sso\?provider[^"]+)"/.exec(page.text)![1]!.replaceAll('&#x3D;', '=');
    const left = await browser.visit('GET', button);
    expect(new URL(left.headers.location!).searchParams.get('prompt')).toBe('login');
    expect((await signInVia(browser, 's-vera', { path })).path).toBe('/trips');
    idp.setEvil('signed-in-long-ago');
    const stale = await signInVia(browser, 's-vera', { path });
    expect(stale.status).toBe(400);
    idp.setEvil(undefined);
    expect((await browser.session()).user).toMatchObject({ email: 'vera@contoso.test' });
  });

  it('is no way into the session of somebody else', async () => {
    await connect();
    idp.people.push(person('wanda'), person('xenia'));
    const browser = freshBrowser();
    await signInVia(browser, 's-wanda');
    expect((await signInVia(browser, 's-xenia', { path })).status).toBe(400);
    expect((await browser.session()).user).toMatchObject({ email: 'wanda@contoso.test' });
  });
});

describe('the API of identity providers', () => {
  const admin = async () => {
    const browser = freshBrowser();
    await browser.signIn('root@reseller.test', PASSWORD);
    const { csrfToken } = await browser.session();
    return async (method: string, path: string, body?: unknown) => {
      const answer = await browser.visit(method, `/api/v1${path}`, {
        headers: { accept: 'application/json', 'content-type': 'application/json', 'x-csrf-token': csrfToken! },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (answer.text ? JSON.parse(answer.text) : {}) as Record<string, unknown> };
    };
  };

  it('connects, tries, proves a domain and disconnects; the secret never comes back', async () => {
    await first.sql.run(q('identity_providers').delete());
    await makeUser('root@reseller.test', 'reseller_admin');
    const call = await admin();
    const made = await call('POST', '/identity-providers', {
      name: 'Contoso',
      kind: 'entra',
      issuer: idp.url,
      ...CLIENT,
    });
    expect(made.status).toBe(201);
    expect(JSON.stringify(made.body)).not.toContain(CLIENT.clientSecret);
    expect(made.body.callbackUrl).toBe(`${first.brand.origin}/auth/federation/callback`);
    const at = `/identity-providers/${String(made.body.id)}`;
    expect((await call('POST', `${at}/test`)).body).toMatchObject({
      ok: true,
      checks: [{ code: 'discovery' }, { code: 'keys' }, { code: 'credentials', outcome: 'ok' }],
    });
    await call('PATCH', at, { clientSecret: 'not the secret' });
    expect((await call('POST', `${at}/test`)).body).toMatchObject({
      ok: false,
      checks: [{}, {}, { code: 'credentials', outcome: 'failed' }],
    });
    await call('PATCH', at, { issuer: 'http://169.254.169.254/' });
    const inside = await call('POST', `${at}/test`);
    expect(JSON.stringify(inside.body)).toContain('a network that is not public');

    const named = await call('POST', `${at}/domains`, { domain: 'Contoso.TEST' });
    const [{ record }] = named.body.domains as [{ record: { name: string; value: string } }];
    expect((await call('POST', `${at}/domains/contoso.test/verify`)).body).toMatchObject({
      code: 'identity.domain_not_proven',
    });
    dns.zone[`${record.name} TXT`] = ['something else', record.value];
    expect((await call('POST', `${at}/domains/contoso.test/verify`)).body).toMatchObject({
      domains: [{ domain: 'contoso.test', verifiedAt: expect.any(String) as string }],
    });
    expect((await call('POST', `${at}/domains`, { domain: 'not a domain' })).status).toBe(400);
    expect((await call('DELETE', at)).status).toBe(204);
    expect((await call('GET', at)).status).toBe(404);
  });

  it('opens no more than who connects it may do: not by a mapping, another issuer or a domain', async () => {
    const clerk: Actor = {
      ...OWNER,
      kind: 'user',
      role: 'reseller_staff',
      permissions: ['sign_in.manage', 'bookings.read'],
    };
    const beyond = { code: 'identity.not_yours_to_give' };
    await first.sql.run(q('identity_providers').delete());
    await expect(
      addProvider(deps(), first.sql, clerk, inputOf({ defaultRole: 'reseller_admin' })),
    ).rejects.toMatchObject(beyond);
    const own = await addProvider(deps(), first.sql, clerk, inputOf());
    const mapped = (permissionSetId: string) => ({
      groupClaim: 'groups',
      mappings: [{ group: 'desk', role: 'reseller_staff' as const, agencyId: null, permissionSetId }],
    });
    const [narrow, wide] = await Promise.all([makeSet(['bookings.read']), makeSet(['bookings.read', 'finance.read'])]);
    await changeProvider(deps(), first.sql, clerk, own.id, mapped(narrow));
    await expect(changeProvider(deps(), first.sql, clerk, own.id, mapped(wide))).rejects.toMatchObject(beyond);
    const unknown = changeProvider(deps(), first.sql, OWNER, own.id, mapped(own.id));
    await expect(unknown).rejects.toMatchObject({
      extensions: { errors: [{ pointer: '/mappings/0/permissionSetId', code: 'permission_set' }] },
    });

    await changeProvider(deps(), first.sql, OWNER, own.id, mapped(wide));
    await changeProvider(deps(), first.sql, clerk, own.id, { name: 'Contoso again', state: 'disabled' });
    await expect(
      changeProvider(deps(), first.sql, clerk, own.id, { issuer: 'https://elsewhere.test' }),
    ).rejects.toMatchObject(beyond);
    await addDomain(first.sql, own.id, 'mine.test');
    await expect(
      verifyDomain({ resolver: { texts: () => Promise.resolve([]) } as never }, first.sql, clerk, own.id, 'mine.test'),
    ).rejects.toMatchObject(beyond);
  });

  it('is the reseller’s administrators’ only, after a recent sign-in', async () => {
    const provider = await connect();
    await makeUser('clerk@reseller.test');
    const clerk = freshBrowser();
    await clerk.signIn('clerk@reseller.test', PASSWORD);
    const { csrfToken } = await clerk.session();
    const headers = { 'x-csrf-token': csrfToken!, 'content-type': 'application/json' };
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', `/${provider.id}`],
      ['DELETE', `/${provider.id}`],
    ] as const)
      expect(
        (
          await clerk.visit(method, `/api/v1/identity-providers${path}`, {
            headers,
            ...(method === 'PATCH' ? { body: '{}' } : {}),
          })
        ).status,
      ).toBe(403);
    expect((await freshBrowser().visit('GET', '/api/v1/identity-providers')).status).toBe(401);
  });
});
