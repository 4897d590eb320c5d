import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { abilityFor } from '../access/index.ts';
import { systemClock, type Clock } from '../kernel/clock.ts';
import { createApi } from '../kernel/http/api.ts';
import { publicOrigin } from '../kernel/config.ts';
import { q } from '../kernel/database/builder.ts';
import { openPayload } from '../kernel/outbox/emit.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { normaliseHost } from '../kernel/http/hostname.ts';
import { apiMiddleware } from '../kernel/http/koa-api.ts';
import { problemBody, toAppError } from '../kernel/http/problem.ts';
import { createRateLimiter } from '../kernel/http/rate-limit.ts';
import { newId } from '../kernel/ids.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import type { TenantSeeder } from '../tenancy/index.ts';
import { createTestWorld, outwardOf, type TestWorld } from '../testing/index.ts';
import { createThemes } from '../themes/index.ts';
import { createIdentity, type Identity, type OnIdentityEvent } from './index.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Site {
  tenant: Tenant;
  brand: Brand;
}

/** A server with the identity pages and API on a free port, serving the given sites by Host as the real pipeline does. */
export async function startIdentityServer(
  world: TestWorld,
  sites: Map<string, Site>,
  options: { clock?: Clock; onIdentityEvent?: OnIdentityEvent } = {},
) {
  const { config, database, redis, vault } = world;
  let port = 0;
  const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent', role: 'test' });
  const identity: Identity = createIdentity({
    config,
    database,
    redis,
    vault,
    log,
    clock: options.clock ?? systemClock,
    rateLimiter: createRateLimiter(redis),
    ...outwardOf(config),
    selfPort: () => port,
    ...(options.onIdentityEvent ? { onIdentityEvent: options.onIdentityEvent } : {}),
    themes: createThemes({ root: 'themes', production: true }),
  });
  const app = new Koa();
  app.use(async (ctx, next) => {
    const site = sites.get(normaliseHost(ctx.req.headers.host) ?? '');
    try {
      if (!site) return void (ctx.status = 421);
      const locale = ctx.query.lang === 'es' ? 'es' : 'en';
      Object.assign(ctx.state, site, { locale, nonce: 'n0nce', requestId: 'r1' });
      await next();
    } catch (error) {
      const { problem, unexpected } = toAppError(error, 'r1');
      if (unexpected) log.error({ err: error as Error }, 'request failed');
      ctx.status = problem.status;
      ctx.set(problem.headers);
      ctx.body = problemBody(problem, 'r1');
    }
  });
  app.use(identity.middleware);
  const api = apiMiddleware(createApi(identity.routes, { checkAnswers: true }));
  app.use(async (ctx, next) => {
    const { tenant, brand } = ctx.state as Site;
    const actor = await identity.authenticate(ctx, tenant, brand);
    ctx.state.requestContext = {
      requestId: newId(),
      tenant,
      brand,
      actor,
      ability: abilityFor(actor),
      sql: database.tenant(tenant),
      locale: 'en',
      ip: ctx.ip,
      log,
    };
    return api(ctx, next);
  });
  const handle = app.callback();
  const server = createServer((req, res) => void handle(req, res));
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', () => ready()));
  port = (server.address() as AddressInfo).port;
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { identity, port, close };
}

/** A world with two tenants that have their keys, on one server. */
export async function startTwoTenants(
  options: { clock?: Clock; environment?: Record<string, string>; onIdentityEvent?: OnIdentityEvent } = {},
) {
  const world = await createTestWorld(options.environment);
  const sites = new Map<string, Site>();
  const server = await startIdentityServer(world, sites, options);
  const seeders: TenantSeeder[] = [
    {
      step: 'identity',
      run: ({ sql, tenant }) =>
        server.identity.seedTenant(sql, tenant, world.vault.forTenant(tenant.id, tenant.wrappedDataKey)),
    },
  ];
  const first = await world.createTenant({ seeders });
  const second = await world.createTenant({ seeders });
  for (const site of [first, second]) sites.set(site.brand.hostname, site);
  return {
    world,
    sites,
    server,
    first,
    second,
    async close() {
      await server.close();
      await world.close();
    },
  };
}

export type TwoTenants = Awaited<ReturnType<typeof startTwoTenants>>;

/** An approved agency, with a storefront of its own when asked for. */
export async function addAgency(
  { world, sites }: TwoTenants,
  site: TwoTenants['first'],
  options: { parent?: { id: string; path: string }; withBrand?: boolean } = {},
) {
  const id = newId();
  const path = `${options.parent?.path ?? '/'}${id}/`;
  const name = `Agency ${id.slice(-6)}`;
  await site.sql.run(
    q('agencies').insert({ id, parent_id: options.parent?.id ?? null, path, depth: path.split('/').length - 2, name }),
  );
  if (!options.withBrand) return { id, path, name, brand: undefined };
  const hostname = `a${id.slice(-12)}.localhost`;
  const brand: Brand = {
    ...site.brand,
    id: newId(),
    agencyId: id,
    name,
    hostname,
    origin: publicOrigin(world.config, hostname),
  };
  await site.sql.run(
    q('brands').insert({
      id: brand.id,
      agency_id: id,
      name,
      theme: brand.theme,
      hostname,
      sender_name: name,
      sender_email: 'bookings@agency.test',
      currency: 'EUR',
    }),
  );
  sites.set(hostname, { tenant: site.tenant, brand });
  return { id, path, name, brand };
}

/** Payloads of a kind of event that a tenant emitted, oldest first. */
export async function eventsOf(world: TestWorld, tenant: Tenant, kind: string): Promise<Array<Record<string, string>>> {
  const rows = await world.database.platform.all<{ id: string; payload: Record<string, string> }>(
    q('platform.outbox')
      .where({ tenant_id: tenant.id, kind })
      .orderBy('created_at')
      .orderBy('id')
      .select('id', 'payload'),
  );
  const { vault } = world.database.tenant(tenant);
  return rows.map((row) => openPayload(vault, row) as Record<string, string>);
}

/** Sends one request to a site of the server. */
export function send(
  port: number,
  brand: Brand,
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers: { host: new URL(brand.origin).host, ...options.headers } },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    sent.on('error', reject).end(options.body);
  });
}

/** A small browser: keeps cookies by path, follows redirects within the site, fills in forms. */
export function createBrowser(port: number, brand: Brand) {
  /** By name; of cookies for some path only by name and path, as the browser keeps one for each. */
  const jar = new Map<string, { value: string; path: string }>();
  const sentCookies = (path: string) =>
    [...jar]
      .filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([slot, cookie]) => `${slot.split(' ')[0]}=${cookie.value}`)
      .join('; ');

  function keep(headers: IncomingHttpHeaders): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const read = (key: string) =>
        attributes.find((a) => a.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
      const gone = read('max-age') === '0' || new Date(read('expires') ?? '2999-01-01') < new Date();
      const path = read('path') ?? '/';
      const slot = path === '/' ? name : `${name} ${path}`;
      if (gone) jar.delete(slot);
      else jar.set(slot, { value, path });
    }
  }

  async function visit(
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    const answer = await send(port, brand, method, path, {
      ...options,
      headers: { cookie: sentCookies(path), accept: 'text/html', ...options.headers },
    });
    keep(answer.headers);
    return answer;
  }

  /** Follows redirects until a page that is none; fails when one leaves the site. */
  async function follow(answer: Answer): Promise<Answer & { path: string }> {
    let current = answer;
    let path = '';
    for (let hops = 0; [302, 303].includes(current.status); hops++) {
      if (hops > 12) throw new Error('Too many redirects');
      const url = new URL(current.headers.location!, brand.origin);
      if (url.origin !== brand.origin) throw new Error(`Left the site for ${url.href}`);
      path = `${url.pathname}${url.search}`;
      current = await visit('GET', path);
    }
    return { ...current, path };
  }

  return {
    jar,
    visit,
    follow,
    open: async (path: string) => follow(await visit('GET', path)),
    /** Sends the page's form with these fields beside its hidden ones. */
    submit(page: Answer, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
      const action = /<form[^>]+action="([^"]+)"/.exec(page.text)?.[1];
      if (!action) throw new Error(`No form on the page: ${page.status} ${page.text.slice(0, 200)}`);
      const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name, value]) => [name!, value!.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')] as [string, string],
      );
      const body = new URLSearchParams([
        ...hidden.filter(([name]) => !(name in fields)),
        ...Object.entries(fields),
      ]).toString();
      return visit('POST', action, {
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: brand.origin, ...headers },
      });
    },
    /** Posts a form of a page that has several: to its address, with the page's CSRF token. */
    post(page: Answer, action: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
      const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      return visit('POST', action, {
        body: new URLSearchParams({ _csrf: token, ...fields }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: brand.origin, ...headers },
      });
    },
    /** The whole way: from `/auth/login` over the sign-in page back to the portal. */
    async signIn(email: string, password: string, returnTo = '/'): Promise<Answer & { path: string }> {
      const page = await this.open(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
      return follow(await this.submit(page, { email, password }));
    },
    async session(): Promise<{
      user: { email: string } | null;
      role: string | null;
      csrfToken: string | null;
      emailVerified: boolean | null;
      canChangeAgency: boolean;
      rules: unknown[];
    }> {
      return JSON.parse(
        (await visit('GET', '/auth/session', { headers: { accept: 'application/json' } })).text,
      ) as never;
    },
  };
}

export type Browser = ReturnType<typeof createBrowser>;
