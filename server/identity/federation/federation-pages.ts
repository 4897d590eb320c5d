import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto/vault.ts';
import { digest } from '../../kernel/crypto/vault.ts';
import type { Database } from '../../kernel/database/database.ts';
import { EgressRefused } from '../../kernel/egress/egress-refused.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import type { TellEvent } from '../identity-event.ts';
import type { Issuers } from '../issuer/issuers.ts';
import { pinOrigin } from '../issuer/request-origin.ts';
import type { Pages, PageScope } from '../pages/page.ts';
import { readCookie, writeCookie } from '../portal/cookies.ts';
import type { SignOutEverywhere } from '../sign-out-everywhere.ts';
import type { Passage } from './passage.ts';
import { methodsOf, type FederationFault, type IdentityProvider, type UpstreamClaims } from './provider.ts';
import { recognise, type Recognised } from './recognise.ts';
import { findProvider } from './repository.ts';
import type { Upstream, UpstreamClient } from './upstream.ts';

export const FEDERATION_CALLBACK = '/auth/federation/callback';
const FLIGHT_SECONDS = 900;
const FLIGHT_COLUMN = 'cookie.federation';
const PER_ADDRESS = { points: 60, seconds: 300 };
/** How much earlier than our asking the provider may say the person proved itself: clocks differ. */
const CLOCK_LEEWAY_SECONDS = 60;

interface Flight extends Upstream {
  uid: string;
  providerId: string;
  fresh: boolean;
  startedAt: number;
}

type PageFault = FederationFault | 'cancelled' | 'unreachable' | 'not_trusted' | 'session_lost';

interface Deps {
  pages: Pages;
  database: Database;
  issuers: Issuers;
  upstream: UpstreamClient;
  passage: Passage;
  vault: Vault;
  rateLimiter: RateLimiter;
  clock: Clock;
  log: Logger;
  tell: TellEvent;
  signOutEverywhere: SignOutEverywhere;
}

const flightCookie = (state: string): string => `portolan_fed_${digest(state).slice(0, 10)}`;

function redirect(ctx: Context, to: string): void {
  ctx.status = 303;
  ctx.set('cache-control', 'no-store');
  ctx.set('referrer-policy', 'no-referrer');
  ctx.redirect(to);
}

/**
 * Signing in at the employer's provider, as part of an interaction of the issuer: `/interaction/:uid/sso` leaves for the provider and is
 * where the answer enters the interaction again; `/auth/federation/callback` takes the provider's answer. The state is bound to the
 * browser by a sealed cookie, and to the interaction by the issuer's own.
 */
export function createFederationPages(deps: Deps) {
  const { pages, database, passage, upstream } = deps;
  const vaultOf = ({ tenant }: PageScope) => deps.vault.forTenant(tenant.id, tenant.wrappedDataKey);

  const fail = (ctx: Context, scope: PageScope, fault: PageFault, uid?: string, name = '') =>
    pages.draw(
      ctx,
      scope,
      'error',
      {
        heading: pages.text(scope, 'auth.federation.failed'),
        message: pages.text(scope, `auth.federation.fault.${fault}`).replaceAll('{name}', name),
        requestId: scope.requestId,
        backUrl: uid ? `/interaction/${uid}` : '/auth/login',
      },
      fault === 'unreachable' ? 502 : 400,
    );

  /** The interaction this browser is in, or undefined. */
  async function interactionOf(ctx: Context, scope: PageScope) {
    pinOrigin(ctx.req, scope.brand.origin);
    const { provider } = await deps.issuers.get(scope.tenant, scope.brand);
    const details = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
    if (!details || `/interaction/${details.uid}/sso` !== ctx.path || details.prompt.name !== 'login') return undefined;
    return { provider, details };
  }

  async function leave(
    ctx: Context,
    scope: PageScope,
    idp: IdentityProvider,
    at: { uid: string; fresh: boolean; hint: string },
  ) {
    const { brand, tenant } = scope;
    await deps.rateLimiter.take(`${tenant.id}:federation-from:${ctx.ip}`, PER_ADDRESS);
    let begun: Awaited<ReturnType<UpstreamClient['begin']>>;
    try {
      begun = await upstream.begin(database.tenant(tenant), idp, {
        redirectUri: `${brand.origin}${FEDERATION_CALLBACK}`,
        fresh: at.fresh,
        ...(at.hint ? { loginHint: at.hint } : {}),
      });
    } catch (error) {
      deps.log.warn({ err: error, 'tenant.id': tenant.id }, 'An identity provider cannot be used');
      return fail(ctx, scope, 'unreachable', at.uid, idp.name);
    }
    const flight: Flight = { ...begun.flight, uid: at.uid, fresh: at.fresh, providerId: idp.id, startedAt: Date.now() };
    writeCookie(ctx, flightCookie(flight.state), vaultOf(scope).seal(FLIGHT_COLUMN, JSON.stringify(flight)), {
      origin: brand.origin,
      maxAge: FLIGHT_SECONDS,
      path: FEDERATION_CALLBACK,
    });
    redirect(ctx, begun.url.href);
  }

  /** The person is proven: what the provider said enters the issuer's interaction. */
  async function enter(ctx: Context, scope: PageScope, provider: Provider, details: Details): Promise<void> {
    const arrival = await passage.takeArrival(scope.tenant, scope.brand.id, details.uid);
    if (!arrival) return fail(ctx, scope, 'session_lost', details.uid);
    const signedIn = details.session?.accountId;
    if (signedIn && signedIn !== arrival.userId) return fail(ctx, scope, 'other_account', details.uid);
    const acr = arrival.methods.includes('mfa') ? 'aal2' : 'aal1';
    const login = { accountId: arrival.userId, amr: arrival.methods, acr, remember: false };
    redirect(ctx, await provider.interactionResult(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false }));
  }

  /** `GET /interaction/:uid/sso`, with `?provider=` to leave for it. */
  async function sso(ctx: Context): Promise<void> {
    const scope = pages.scopeOf(ctx);
    const current = await interactionOf(ctx, scope);
    if (!current) return fail(ctx, scope, 'session_lost');
    const { details, provider } = current;
    const wanted = ctx.query.provider;
    if (wanted === undefined) return enter(ctx, scope, provider, details);
    const idp =
      typeof wanted === 'string' && isUuid(wanted)
        ? await findProvider(database.tenant(scope.tenant), wanted)
        : undefined;
    if (idp?.state !== 'active') return fail(ctx, scope, 'session_lost', details.uid);
    if (ctx.query.go === 'page') return showContinue(ctx, scope, idp, details.uid);
    const { prompt, max_age: maxAge, login_hint: hint } = details.params as Record<string, unknown>;
    const fresh = (typeof prompt === 'string' && prompt.split(' ').includes('login')) || maxAge !== undefined;
    await leave(ctx, scope, idp, { uid: details.uid, fresh, hint: typeof hint === 'string' ? hint : '' });
  }

  /** A form of ours may not lead to another site (CSP `form-action`), so a page stands between, which goes on by itself. */
  function showContinue(ctx: Context, scope: PageScope, idp: IdentityProvider, uid: string): void {
    const url = `/interaction/${uid}/sso?provider=${idp.id}`;
    ctx.set('refresh', `1; url=${url}`);
    pages.draw(ctx, scope, 'sso-continue', {
      providerName: idp.name,
      continueUrl: url,
      backUrl: `/interaction/${uid}`,
    });
  }

  function flightOf(ctx: Context, scope: PageScope): Flight | undefined {
    const state = typeof ctx.query.state === 'string' ? ctx.query.state : '';
    const sealed = readCookie(ctx, flightCookie(state));
    if (!state || !sealed) return undefined;
    writeCookie(ctx, flightCookie(state), '', { origin: scope.brand.origin, maxAge: 0, path: FEDERATION_CALLBACK });
    try {
      const flight = JSON.parse(vaultOf(scope).open(FLIGHT_COLUMN, sealed)) as Flight;
      return flight.state === state && flight.startedAt + FLIGHT_SECONDS * 1000 > Date.now() ? flight : undefined;
    } catch {
      return undefined;
    }
  }

  async function recogniseIn(
    ctx: Context,
    scope: PageScope,
    idp: IdentityProvider,
    claims: UpstreamClaims,
  ): Promise<Recognised> {
    const changed = new Set<string>();
    const details = { provider: idp.name };
    const given = { provider: idp, brand: scope.brand, locale: scope.locale, now: deps.clock.now() };
    const result = await database.withTenant(scope.tenant, async (sql) => {
      const recognised = await recognise(sql, given, claims, (id) => changed.add(id));
      for (const userId of changed)
        await deps.tell(ctx, scope, { action: 'identity.rights_changed', userId, details }, sql);
      return recognised;
    });
    for (const userId of changed) await deps.signOutEverywhere(scope.tenant, userId);
    if (result.ok) {
      const methods = methodsOf(claims);
      await deps.tell(ctx, scope, {
        action: 'identity.signed_in',
        userId: result.userId,
        details: { ...details, methods, accountMade: result.made },
      });
    } else if (result.fault !== 'link') {
      const { fault, userId = null } = result;
      await deps.tell(ctx, scope, { action: 'identity.signed_in', outcome: 'denied', reason: fault, userId, details });
    }
    return result;
  }

  /** `GET /auth/federation/callback` */
  async function callback(ctx: Context, scope: PageScope): Promise<void> {
    const { tenant, brand } = scope;
    const flight = flightOf(ctx, scope);
    const idp = flight && (await findProvider(database.tenant(tenant), flight.providerId));
    if (!flight || idp?.state !== 'active') return fail(ctx, scope, 'session_lost');
    let claims: UpstreamClaims;
    try {
      const back = new URL(`${brand.origin}${FEDERATION_CALLBACK}${ctx.search}`);
      claims = await upstream.finish(database.tenant(tenant), idp, { callback: back, flight });
    } catch (error) {
      deps.log.warn({ err: error, 'tenant.id': tenant.id }, 'A sign-in at an identity provider did not complete');
      return fail(ctx, scope, faultOf(error), flight.uid, idp.name);
    }
    if (flight.fresh && !isFresh(claims, flight.startedAt)) return fail(ctx, scope, 'not_fresh', flight.uid, idp.name);
    const result = await recogniseIn(ctx, scope, idp, claims);
    if (result.ok) {
      await passage.arrive(tenant, brand.id, flight.uid, { userId: result.userId, methods: methodsOf(claims) });
      return redirect(ctx, `/interaction/${flight.uid}/sso`);
    }
    if (result.fault !== 'link') return fail(ctx, scope, result.fault, flight.uid, idp.name);
    const link = { providerId: idp.id, providerName: idp.name, subject: claims.sub, email: result.email };
    await passage.askLink(tenant, brand.id, flight.uid, link);
    redirect(ctx, `/interaction/${flight.uid}`);
  }

  return { sso, callback };
}

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

const isFresh = (claims: UpstreamClaims, startedAt: number): boolean =>
  typeof claims.auth_time === 'number' && claims.auth_time >= Math.floor(startedAt / 1000) - CLOCK_LEEWAY_SECONDS;

function faultOf(error: unknown): PageFault {
  const { error: code, cause } = error as { error?: unknown; cause?: unknown };
  if (code === 'access_denied' || code === 'login_required' || code === 'interaction_required') return 'cancelled';
  return cause instanceof EgressRefused || error instanceof EgressRefused ? 'unreachable' : 'not_trusted';
}
