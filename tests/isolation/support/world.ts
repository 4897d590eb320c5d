import { aSubmittedApplication } from '../../../server/agencies/applications/testing.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../../server/testing/platform-world.ts';
import { createSiteClient, type Answer, type SiteClient } from '../../../server/testing/site-client.ts';
import { bookExample } from '../../../server/testing/trips.ts';
import { q } from '../../../server/kernel/database/builder.ts';
import { newId } from '../../../server/kernel/ids.ts';
import { must } from '../../../server/kernel/must.ts';
import { billTenant } from '../../../server/billing/index.ts';
import { settleAgencies } from '../../../server/settlement/index.ts';
import { adjustForeign } from '../../../server/wallets/foreign/adjust-foreign.ts';
import { readContract } from './contract.ts';
import { idsIn } from './schema-state.ts';
import { day } from './valid-body.ts';

export const PASSWORD = 'a quiet harbour at dawn';
export const ROLES = [
  'anonymous',
  'customer',
  'other customer',
  'reseller staff without rights',
  'agent',
  'sub-agency admin',
  "sibling agency's agent",
  "sibling agency's admin",
  "parent agency's admin",
  'reseller admin',
] as const;
export type CallerName = (typeof ROLES)[number];

/** One tenant of the world, with a caller for each role and relation. */
export interface TestTenant {
  site: TestSite;
  /** An agency directly below the reseller, beside A (and no relation of sub-agency B). */
  sibling: string;
  callers: Record<CallerName, SiteClient>;
  /** Access token of the reseller's admin, and the cookie of its customer. */
  adminToken: string;
  customerCookie: string;
  /** Bookings by who made them. */
  bookings: { guest: Answer['body']; customer: Answer['body']; other: Answer['body'] };
}

/**
 * The running product with two tenants of equal content: the same network, people, mail addresses, bookings and clients. Only names
 * made from the slug and the ids differ; those are what must never cross.
 */
export async function createIsolationWorld(options: { env?: Record<string, string> } = {}) {
  const logs: string[] = [];
  const world = await createPlatformWorld({
    ...options,
    env: { LOG_LEVEL: 'info', ...options.env },
    onLog: (line) => logs.push(line),
  });
  const worker = world.createWorker();
  const tenants: TestTenant[] = [];
  for (const site of world.sites) tenants.push(await equip(world, site));
  await worker.drain();
  const [first, second] = [must(tenants[0], 'first tenant'), must(tenants[1], 'second tenant')];
  return {
    ...world,
    contract: readContract(world.openapi),
    logs,
    worker,
    own: first,
    foreign: second,
    /** What names the other tenant, as of now: its slug (in every name, host and address of it), ids and schema. */
    async markersOf(tenant: TestTenant): Promise<Markers> {
      const { id, slug, schema } = tenant.site.tenant;
      const ids = await idsIn(world.config.DATABASE_URL, schema);
      return createMarkers([slug, schema], ids.add(id));
    },
  };
}

export type IsolationWorld = Awaited<ReturnType<typeof createIsolationWorld>>;

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

function createMarkers(words: readonly string[], ids: ReadonlySet<string>) {
  return {
    /** Which of them stand in a text; those the caller sent itself are no news. */
    foundIn(text: string, sent = ''): string[] {
      const found = (text.match(UUID) ?? []).filter((id) => ids.has(id.toLowerCase()));
      return [...found, ...words.filter((word) => text.includes(word))].filter((marker) => !sent.includes(marker));
    },
  };
}
export type Markers = ReturnType<typeof createMarkers>;

async function equip(world: PlatformWorld, site: TestSite): Promise<TestTenant> {
  const adminToken = await site.token('reseller_admin', 'reseller');
  const admin = site.at('reseller', { authorization: `Bearer ${adminToken}` });
  const sibling = made(await admin.post('/agencies', { name: `Agency C ${site.tenant.slug}`, parentId: null })).id;
  const { identity } = world.modules;
  const person = (mailbox: string, role: 'customer' | 'reseller_staff' | 'agent', agencyId: string | null) =>
    identity.createUser(site.sql, {
      email: `${mailbox}@${site.tenant.slug}.test`,
      password: PASSWORD,
      givenName: mailbox,
      familyName: 'Test',
      role,
      agencyId,
    });
  await person('other', 'customer', site.agencies.b);
  await person('staff', 'reseller_staff', null);
  const member = await person('member', 'agent', sibling);
  await site.sql.run(
    q('memberships').insert({ id: newId(), user_id: member.id, agency_id: site.agencies.b, role: 'agent' }),
  );
  const callers = await openCallers(world, site, sibling);

  // The same address in both tenants: what happens to it in one is no matter of the other.
  const guest = made(await bookExample(world, site.guest('b'), { email: 'same@isolation.test' }));
  const bookings = {
    guest,
    customer: made(await bookExample(world, callers.customer, { email: 'same@isolation.test' })),
    other: made(await bookExample(world, callers['other customer'], { email: 'same@isolation.test' })),
  };
  made(await admin.post('/api-clients', { name: 'Back office', role: 'reseller_admin' }));
  made(
    await admin.post('/oauth-clients', {
      name: 'Partner',
      applicationType: 'web',
      authMethod: 'client_secret_basic',
      redirectUris: ['https://app.partner.test/callback'],
    }),
  );
  made(await admin.post('/invitations', { email: 'same@isolation.test', role: 'reseller_admin' }));
  const memo = { agencyId: site.agencies.b, reason: 'Goodwill' };
  made(await admin.post('/commission-adjustments', { ...memo, amount: { amount: 12_345, currency: 'EUR' } }));
  const bonus = {
    name: 'More trips',
    period: 'month',
    startsOn: day(0),
    endsOn: null,
    audience: { kind: 'all' },
    match: {},
    basis: 'confirmed',
    measure: 'bookings',
    mode: 'retroactive',
    capMinor: null,
    overlap: 'stack',
    graceDays: 3,
  };
  const steps = [{ above: 50, reward: { kind: 'rate', basisPoints: 234 } }];
  made(await admin.post('/bonus-campaigns', { ...bonus, steps }));
  const transfer = { method: 'transfer', amount: { amount: 34_567, currency: 'EUR' }, paidOn: day(0) };
  for (const agencyId of [site.agencies.b, sibling])
    made(await admin.post(`/agencies/${agencyId}/wallet/top-ups`, transfer));
  await prepayInDollars(world, site, admin, sibling);
  await settle(world, site, admin, sibling);
  await dispute(site, guest.id);
  const today = world.infra.clock.now();
  const lastMonth = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
  await billTenant(world.infra.database, site.tenant, lastMonth, today);
  await aSubmittedApplication(site.sql, await site.brandAt('b'));
  return {
    site,
    sibling,
    adminToken,
    customerCookie: must(callers.customer.caller.cookie, 'the cookie of the customer'),
    bookings,
    callers,
  };
}

/** Sub-agency B and the sibling hold dollars, and asked what they would be exchanged for. */
async function prepayInDollars(world: PlatformWorld, site: TestSite, admin: SiteClient, sibling: string) {
  made(await admin.put('/exchange-rates/USD', { mid: '0.92', source: 'Test' }));
  const amount = { amount: 45_678, currency: 'USD' };
  const taken = { currency: 'USD', spread_bp: 100, is_open: true };
  const parents = [null, site.agencies.a].map((parentId) => ({ id: newId(), parent_id: parentId, ...taken }));
  await site.sql.run(q('wallet_currencies').insert(parents));
  for (const agencyId of [site.agencies.b, sibling]) {
    const credit = {
      agencyId,
      amountMinor: amount.amount,
      currency: amount.currency,
      kind: 'top_up',
      key: newId(),
    } as const;
    await world.infra.database.withTenant(site.tenant, (sql) =>
      adjustForeign(sql, { ...credit, reason: 'Transfer', actorId: null, occurredAt: world.infra.clock.now() }),
    );
    made(await admin.post(`/agencies/${agencyId}/wallet/exchanges`, { amount: { ...amount, amount: 1_234 } }));
  }
}

/** The bank asks about a booking's payment. */
async function dispute(site: TestSite, bookingId: string): Promise<void> {
  const id = newId();
  await site.sql.run(
    q.raw(
      `insert into disputes (id, provider_id, payment_id, booking_id, state, reason, amount_minor, currency, opened_at)
       select ?::uuid, ?, id, booking_id, 'needs_response', 'fraudulent', amount_minor, currency, now()
       from payments where booking_id = ? limit 1`,
      [id, `du_${id}`, bookingId],
    ),
  );
}

const MONTH_DAYS = 32;

/** A statement for sub-agency B that was sent by file, and one for the sibling that waits. */
async function settle(world: PlatformWorld, site: TestSite, admin: SiteClient, sibling: string): Promise<void> {
  const memo = { agencyId: sibling, reason: 'Goodwill', amount: { amount: 23_456, currency: 'EUR' } };
  made(await admin.post('/commission-adjustments', memo));
  const account = { holder: 'Travel SL', iban: 'ES9121000418450200051332' };
  made(await admin.put('/payout-account', account));
  made(await admin.put(`/agencies/${site.agencies.b}/payout-account`, account));
  await settleAgencies((work) => world.infra.database.withTenant(site.tenant, work), {
    now: new Date(world.infra.clock.now().getTime() + MONTH_DAYS * 86_400_000),
    onFault: (error) => {
      throw error;
    },
  });
  const statements = made(await admin.get(`/commission-statements?agencyId=${site.agencies.b}`)) as {
    data?: { id: string }[];
  };
  made(await admin.post(`/commission-statements/${must(statements.data?.[0], 'the statement of B').id}/approval`));
  const executionOn = [1, 2, 3].map(day).find((one) => ![0, 6].includes(new Date(one).getUTCDay()));
  made(await admin.post('/payout-files', { executionOn }));
}

/** Signs everybody in: people by their browser's session, programs and staff by API clients made for it. */
export async function openCallers(
  world: PlatformWorld,
  site: TestSite,
  sibling: string,
): Promise<Record<CallerName, SiteClient>> {
  const bearer = async (role: 'agency_admin' | 'agent', level: 'a' | 'b') =>
    site.at(level, { authorization: `Bearer ${await site.token(role, level)}` });
  const person = async (mailbox: string, level: 'reseller' | 'b') => (await site.signIn(mailbox, level)).client;
  return {
    anonymous: site.guest('b'),
    customer: await person('customer', 'b'),
    'other customer': await person('other', 'b'),
    'reseller staff without rights': await person('staff', 'reseller'),
    agent: await bearer('agent', 'b'),
    'sub-agency admin': await bearer('agency_admin', 'b'),
    "sibling agency's agent": await siblingCaller(world, site, sibling, 'agent'),
    "sibling agency's admin": await siblingCaller(world, site, sibling, 'agency_admin'),
    "parent agency's admin": await bearer('agency_admin', 'a'),
    'reseller admin': site.at('reseller', {
      authorization: `Bearer ${await site.token('reseller_admin', 'reseller')}`,
    }),
  };
}

/** An API client of an agency that has no brand of its own: it works at the reseller's host. */
async function siblingCaller(
  world: PlatformWorld,
  site: TestSite,
  agencyId: string,
  role: 'agency_admin' | 'agent',
): Promise<SiteClient> {
  const vault = world.infra.vault.forTenant(site.tenant.id, site.tenant.wrappedDataKey);
  const client = await world.modules.identity.createApiClient(site.sql, vault, {
    name: `${role} of the sibling`,
    role,
    agencyId,
    createdBy: null,
  });
  return site.at('reseller', { authorization: `Bearer ${await fetchToken(site, client)}` });
}

/** An access token by client credentials, at the reseller's issuer. */
export async function fetchToken(
  site: { guest(level: 'reseller'): SiteClient },
  client: { clientId: string; clientSecret: string },
): Promise<string> {
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
  const answer = await site.guest('reseller').raw('post', '/oidc/token', 'grant_type=client_credentials', {
    key: null,
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
  });
  return String(made(answer).access_token);
}

/** The body of an answer that must be a success. */
export function made(answer: Answer): Answer['body'] {
  if (answer.status >= 300) throw new Error(`Preparation answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

/** Speaks to any host of the world. */
export const clientFor = (world: IsolationWorld, host: string, caller: Record<string, string> = {}): SiteClient =>
  createSiteClient(world.server, host, caller);
