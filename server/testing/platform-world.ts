import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoReseller } from '../../db/seeds/demo/network.ts';
import { createHttpApp } from '../app/http.ts';
import { createInfrastructure } from '../app/infrastructure.ts';
import { createModules } from '../app/modules.ts';
import { seedDemoReseller } from '../app/seed-demo.ts';
import { createBrowser } from '../identity/testing.ts';
import { q } from '../kernel/database/builder.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { must } from '../kernel/must.ts';
import { findTenantBySlug } from '../tenancy/index.ts';
import prepareDatabase from './prepare-database.ts';
import { startSandboxes } from './sandboxes.ts';
import { createSiteClient } from './site-client.ts';
import { createTestWorker, type WorkerOptions } from './test-worker.ts';
import { testConfig } from './test-config.ts';

const PASSWORD = 'a quiet harbour at dawn';
const STRIPE_SECRET = 'sk_test_sandbox';
export const WEBHOOK_SECRET = 'whsec_test';

type Level = 'reseller' | 'a' | 'b';

/**
 * The whole product in this process over real PostgreSQL and Redis and the sandboxes: HTTP server on a free port, two resellers with
 * agency A and sub-agency B (brands of their own, the rules and tiers of worked example A), and workers that can be killed.
 * @param options.webhooks Stripe's events come in by themselves; off, so that a test sends its own
 */
export async function createPlatformWorld(
  options: {
    webhooks?: boolean;
    resellers?: 1 | 2;
    env?: Record<string, string>;
    /** Gets every line the product logs. */
    onLog?: (line: string) => void;
  } = {},
) {
  let handler: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) =>
    response.writeHead(503).end();
  const server = createServer((incoming, response) => void handler(incoming, response));
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', () => ready()));
  const { port } = server.address() as AddressInfo;
  const webhook = options.webhooks
    ? { webhook: { url: `http://platform.localhost:${port}/webhooks/stripe`, secret: WEBHOOK_SECRET } }
    : {};
  const sandboxes = await startSandboxes({ stripeSecret: STRIPE_SECRET, ...webhook });
  const config = testConfig({
    PORT: String(port),
    PUBLIC_PORT: String(port),
    STRIPE_SECRET_KEY: STRIPE_SECRET,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_connect',
    STRIPE_API_BASE: sandboxes.urls.stripe,
    DUFFEL_API_BASE: sandboxes.urls.duffel,
    // Results are cached by account: worlds must not share one.
    DUFFEL_TOKEN: `duffel_test_${randomBytes(8).toString('hex')}`,
    SMTP_URL: sandboxes.urls.smtp,
    ...options.env,
  });
  await prepareDatabase(config.DATABASE_URL);
  const { onLog } = options;
  const infra = createInfrastructure(config, 'api', onLog && { write: onLog });
  // Tests set the time for the whole product by moving it on from now.
  let ahead = 0;
  const clock = { now: () => new Date(Date.now() + ahead) };
  const modules = createModules({ ...infra, clock });
  const { app, api, openapi, allowances } = createHttpApp(infra, modules);
  handler = app.callback();

  const tenants: Tenant[] = [];
  const sites = [];
  for (let at = 0; at < (options.resellers ?? 2); at += 1) {
    const reseller = describeReseller(`t${randomBytes(4).toString('hex')}`);
    await seedDemoReseller({ infra, modules, api, password: PASSWORD }, reseller);
    sites.push(await openReseller(reseller));
  }

  async function openReseller(reseller: DemoReseller) {
    const tenant = must(await findTenantBySlug(infra.database.platform, reseller.slug), reseller.slug);
    tenants.push(tenant);
    const sql = infra.database.tenant(tenant);
    const rows = await sql.all<{ id: string; name: string }>(q('agencies').select('id', 'name'));
    const agencyId = (key: 'a' | 'b') =>
      must(
        rows.find((row) => row.name === `Agency ${key.toUpperCase()} ${reseller.slug}`),
        `agency ${key}`,
      ).id;
    const hostOf: Record<Level, string> = {
      reseller: reseller.host,
      a: `a-${reseller.slug}.localhost`,
      b: `b-${reseller.slug}.localhost`,
    };
    const brandAt = async (level: Level): Promise<Brand> =>
      must(await modules.hosts.resolve(hostOf[level]), hostOf[level]).brand;
    const at = (level: Level, caller: Record<string, string> = {}) =>
      createSiteClient(server, `${hostOf[level]}:${port}`, caller);
    return {
      tenant,
      sql,
      hosts: hostOf,
      agencies: { a: agencyId('a'), b: agencyId('b') },
      brandAt,
      /** Somebody without an account, on a brand of the reseller. */
      guest: (level: Level) => at(level),
      at,
      /** A person's browser session: cookie and CSRF token. */
      async signIn(mailbox: string, level: Level) {
        const browser = createBrowser(port, await brandAt(level));
        await browser.signIn(`${mailbox}@${reseller.slug}.test`, PASSWORD);
        const session = await browser.session();
        if (!session.user) throw new Error(`${mailbox} could not sign in at ${hostOf[level]}`);
        const csrf = must(session.csrfToken, 'CSRF token');
        const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
        return { client: at(level, { cookie, 'x-csrf-token': csrf }), cookie, csrf };
      },
      /** An access token of a new API client, asked for at the site's issuer. */
      async token(role: 'reseller_admin' | 'agency_admin' | 'agent', level: Level): Promise<string> {
        const made = await modules.identity.createApiClient(
          sql,
          infra.vault.forTenant(tenant.id, tenant.wrappedDataKey),
          {
            name: `${role} of ${level}`,
            role,
            agencyId: level === 'reseller' ? null : agencyId(level),
            createdBy: null,
          },
        );
        const basic = Buffer.from(`${made.clientId}:${made.clientSecret}`).toString('base64');
        const answer = await at(level).raw('post', '/oidc/token', 'grant_type=client_credentials', {
          key: null,
          headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
        });
        if (answer.status !== 200) throw new Error(`No token: ${answer.status} ${answer.text}`);
        return (answer.body as { access_token: string }).access_token;
      },
    };
  }

  const workers = new Set<ReturnType<typeof createTestWorker>>();
  function createWorker(workerOptions: WorkerOptions = {}) {
    const worker = createTestWorker(config, () => tenants.map((tenant) => tenant.id), { clock, ...workerOptions });
    workers.add(worker);
    return {
      ...worker,
      async close() {
        if (workers.delete(worker)) await worker.close();
      },
    };
  }

  return {
    config,
    infra,
    modules,
    openapi,
    server,
    port,
    sandboxes,
    sites,
    first: must(sites[0], 'first reseller'),
    second: must(sites.at(-1), 'second reseller'),
    createWorker,
    /** Moves the product's clock on; the sandboxes keep the real time. */
    passTime: (seconds: number) => void (ahead += seconds * 1000),
    resetTime: () => void (ahead = 0),
    /** A day so many days from now. */
    day: (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10),
    /** A test asks more in a second than a person in a minute: starts the windows of the rate limits anew. */
    async forgetRates(): Promise<void> {
      allowances.forget();
      for (const { id } of tenants) {
        const keys = await infra.redis.keys(`*${id}*`).then((all) => all.filter((key) => /(^|:)rl:/.test(key)));
        if (keys.length > 0) await infra.redis.del(...keys);
      }
    },
    async close() {
      for (const worker of workers) await worker.close();
      await new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      });
      await infra.close();
      await sandboxes.stop();
    },
  };
}

export type PlatformWorld = Awaited<ReturnType<typeof createPlatformWorld>>;
export type TestSite = PlatformWorld['first'];

function describeReseller(slug: string): DemoReseller {
  const legal = {
    companyName: `${slug}, S.L.`,
    taxId: 'B58818501',
    address: 'Calle de Alcalá 45, 28014 Madrid',
    email: `hello@${slug}.test`,
  };
  const agency = (key: 'a' | 'b') => ({
    key,
    name: `Agency ${key.toUpperCase()} ${slug}`,
    legalName: `Agency ${key.toUpperCase()}, S.L.`,
    taxId: key === 'a' ? 'A28015865' : 'B12345674',
    brand: {
      hostname: `${key}-${slug}.localhost`,
      name: `Brand ${key.toUpperCase()} ${slug}`,
      theme: key === 'a' ? 'marea' : 'meridiano',
      legal,
    },
  });
  const person = (mailbox: string, role: DemoReseller['people'][number]['role'], agencyKey: string | null) => ({
    mailbox,
    givenName: mailbox,
    familyName: 'Test',
    role,
    agency: agencyKey,
  });
  return {
    slug,
    name: `Reseller ${slug}`,
    host: `${slug}.localhost`,
    theme: 'meridiano',
    legal,
    rule: { name: 'Standard 15 %', basisPoints: 1500 },
    agencies: [
      {
        ...agency('a'),
        parent: null,
        tier: 'gold',
        topUpMinor: 1_500_000,
        creditLimitMinor: 500_000,
        rule: { name: 'Service fee', value: { kind: 'fixed', amountMinor: 500, per: 'booking' } },
      },
      {
        ...agency('b'),
        parent: 'a',
        tier: 'silver',
        topUpMinor: 800_000,
        creditLimitMinor: 200_000,
        rule: { name: 'Standard 2 %', value: { kind: 'percent', basisPoints: 200, of: 'total' } },
      },
    ],
    people: [
      person('admin', 'reseller_admin', null),
      person('agent', 'agency_admin', 'a'),
      person('subagent', 'agent', 'b'),
      person('customer', 'customer', 'b'),
    ],
  };
}
