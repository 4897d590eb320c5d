import type { Context, Middleware } from 'koa';
import { anonymous, type Actor } from '../kernel/http/actor.ts';
import { requestHost } from '../kernel/http/hostname.ts';
import type { Brand, CallerContext, Tenant } from '../kernel/http/context.ts';
import type { AppAbility } from '../access/index.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import { TenantSuspended, UnknownHost, isServing, type HostResolver } from '../tenancy/index.ts';

/** What every later layer finds on `ctx.state`. */
export interface SiteState {
  requestId: string;
  log: Logger;
  tenant: Tenant;
  brand: Brand;
  locale: string;
  nonce: string;
}

/** The host a request is for, and whether it came through one of our proxies, whose forwarded headers count. */
export function hostOf(
  ctx: Context,
  trustedProxies: readonly string[],
): { hostname: string | undefined; peer: string; isProxied: boolean } {
  const peer = ctx.req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const isProxied = trustedProxies.includes(peer);
  return { hostname: requestHost(ctx.req, isProxied), peer, isProxied };
}

/** Names the tenant and brand of a request by its host, or ends it: 421 for an unknown host, 503 for a suspended tenant. */
export function resolveSite(deps: { hosts: HostResolver; trustedProxies: readonly string[] }): Middleware {
  return async (ctx, next) => {
    const { hostname, peer, isProxied } = hostOf(ctx, deps.trustedProxies);
    // Koa believes X-Forwarded-For of anybody once it is told of a proxy; limits and logs must not count invented addresses.
    if (!isProxied) ctx.request.ip = peer;
    const site = hostname ? await deps.hosts.resolve(hostname) : undefined;
    if (!site) throw UnknownHost();
    Object.assign(ctx.state, { tenant: site.tenant, brand: site.brand, locale: chooseLocale(ctx, site.brand) });
    if (!isServing(site.tenant.state)) throw TenantSuspended();
    return next();
  };
}

/** `?lang=` (remembered in a cookie), else the cookie, else Accept-Language, else the brand's default; only the brand's languages. */
function chooseLocale(ctx: Context, brand: Brand): string {
  const asked = typeof ctx.query.lang === 'string' ? ctx.query.lang : undefined;
  if (asked && brand.locales.includes(asked)) {
    ctx.cookies.set('locale', asked, { httpOnly: false, sameSite: 'lax', maxAge: 365 * 86_400_000, overwrite: true });
    return asked;
  }
  const remembered = ctx.cookies.get('locale');
  if (remembered && brand.locales.includes(remembered)) return remembered;
  return ctx.acceptsLanguages([brand.defaultLocale, ...brand.locales]) || brand.defaultLocale;
}

/** The request's context for API handlers and server-side rendering. */
export function requestContextOf(
  deps: { database: Database; abilityFor: (actor: Actor) => AppAbility },
  ctx: Context,
  actor: Actor,
): CallerContext {
  const { requestId, log, tenant, brand, locale } = ctx.state as SiteState;
  const ability = deps.abilityFor(actor);
  return {
    requestId,
    tenant,
    brand,
    actor,
    ability: { can: (action, subject) => ability.can(action, subject) },
    sql: deps.database.tenant(tenant),
    locale,
    ip: ctx.ip,
    log,
  };
}

/** Finds out who asks, before the API runs. */
export function identifyActor(deps: {
  database: Database;
  abilityFor: (actor: Actor) => AppAbility;
  authenticate: (ctx: Context, tenant: Tenant, brand: Brand) => Promise<Actor>;
}): Middleware {
  return async (ctx, next) => {
    const { tenant, brand } = ctx.state as SiteState;
    const carriesCredentials = ctx.get('authorization') !== '' || ctx.get('cookie') !== '';
    const actor = carriesCredentials ? await deps.authenticate(ctx, tenant, brand) : anonymous;
    ctx.state.requestContext = requestContextOf(deps, ctx, actor);
    return next();
  };
}
