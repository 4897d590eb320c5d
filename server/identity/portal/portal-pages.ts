import type { Context } from 'koa';
import { uiRulesOf } from '../../access/index.ts';
import { digest, type Vault } from '../../kernel/crypto/vault.ts';
import { anonymous } from '../../kernel/http/actor.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import { STEP_UP_PATH } from '../../kernel/http/step-up.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import type { ActorLookup } from '../actor-lookup.ts';
import type { TellEvent } from '../identity-event.ts';
import type { Authenticator } from '../authenticate.ts';
import { AGENCY_PATH } from '../pages/agency-pages.ts';
import { presentActingParty } from '../impersonation/acting-party.ts';
import { checkOwnPost } from '../impersonation/impersonation-pages.ts';
import type { Pages, PageScope } from '../pages/page.ts';
import { mayUseBrand } from '../user.ts';
import { readCookie, sessionCookie, writeCookie } from './cookies.ts';
import type { RelyingParty, SignedIn, SignInFlight } from './relying-party.ts';
import { safeReturnTo } from './return-to.ts';
import { endsAt, sessionLimits } from './session.ts';
import type { PortalSession, PortalSessions } from './sessions.ts';

const FLIGHT_SECONDS = 1800;
const FLIGHT_COLUMN = 'cookie.sign-in';
const LOGIN_LIMIT = { points: 120, seconds: 60 };

type Page = (ctx: Context, scope: PageScope) => Promise<void>;

interface Deps {
  pages: Pages;
  tell: TellEvent;
  sessions: PortalSessions;
  relyingParty: RelyingParty;
  authenticator: Authenticator;
  actors: ActorLookup;
  vault: Vault;
  rateLimiter: RateLimiter;
  log: Logger;
  /** Ends what somebody does as somebody else; signing out ends it too. */
  stopActing: Page;
}

const flightCookie = (state: string): string => `portolan_flight_${digest(state).slice(0, 10)}`;

function redirect(ctx: Context, to: string): void {
  ctx.status = 303;
  ctx.set('cache-control', 'no-store');
  ctx.redirect(to);
}

/** The portal's side of signing in: `/auth/login`, `/auth/callback`, `/auth/logout`, `/auth/session`. Tokens stay on the server. */
export function createPortalPages(deps: Deps): Record<string, Page> {
  const { sessions, relyingParty, authenticator, pages } = deps;
  const vaultOf = (scope: PageScope) => deps.vault.forTenant(scope.tenant.id, scope.tenant.wrappedDataKey);

  const login: Page = async (ctx, scope) => {
    const { tenant, brand } = scope;
    const returnTo = safeReturnTo(ctx.query.returnTo, brand.origin);
    if (await authenticator.sessionOf(ctx, tenant, brand)) return redirect(ctx, returnTo);
    await beginSignIn(ctx, scope, returnTo);
  };

  /** Before a dangerous act: the issuer asks for a new proof, whoever is signed in there. */
  const stepUp: Page = (ctx, scope) =>
    beginSignIn(ctx, scope, safeReturnTo(ctx.query.returnTo, scope.brand.origin), true);

  async function beginSignIn(ctx: Context, scope: PageScope, returnTo: string, fresh = false): Promise<void> {
    const { tenant, brand } = scope;
    await deps.rateLimiter.take(`${tenant.id}:login-from:${ctx.ip}`, LOGIN_LIMIT);
    const { url, flight } = await relyingParty.begin(tenant, brand, returnTo, { fresh });
    const sealed = vaultOf(scope).seal(FLIGHT_COLUMN, JSON.stringify(flight));
    writeCookie(ctx, flightCookie(flight.state), sealed, {
      origin: brand.origin,
      maxAge: FLIGHT_SECONDS,
      path: '/auth/callback',
    });
    redirect(ctx, url.href);
  }

  /** What this browser remembers of the sign-in it began; none for a callback it did not ask for. */
  function flightOf(ctx: Context, scope: PageScope): SignInFlight | undefined {
    const state = typeof ctx.query.state === 'string' ? ctx.query.state : '';
    const sealed = readCookie(ctx, flightCookie(state));
    if (!sealed) return undefined;
    writeCookie(ctx, flightCookie(state), '', { origin: scope.brand.origin, maxAge: 0, path: '/auth/callback' });
    try {
      const flight = JSON.parse(vaultOf(scope).open(FLIGHT_COLUMN, sealed)) as SignInFlight;
      return flight.state === state && flight.startedAt + FLIGHT_SECONDS * 1000 > Date.now() ? flight : undefined;
    } catch {
      return undefined;
    }
  }

  const callback: Page = async (ctx, scope) => {
    const { tenant, brand } = scope;
    const fail = () => pages.draw(ctx, scope, 'error', { requestId: scope.requestId, backUrl: '/auth/login' }, 400);
    const flight = flightOf(ctx, scope);
    if (!flight) return (await authenticator.sessionOf(ctx, tenant, brand)) ? redirect(ctx, '/') : fail();
    let signedIn: SignedIn;
    try {
      signedIn = await relyingParty.finish(tenant, brand, ctx.search, flight);
    } catch (error) {
      deps.log.warn({ err: error, 'tenant.id': tenant.id }, 'A sign-in did not complete');
      return fail();
    }
    const seats = (await deps.actors.seats(tenant, signedIn.userId))
      .map(({ user }) => user)
      .filter((seat) => mayUseBrand(seat, brand));
    const [first] = seats;
    if (!first) return fail();
    const limits = sessionLimits(first.role);
    if (endsAt({ ...signedIn, limits }) <= Date.now()) return beginSignIn(ctx, scope, flight.returnTo, true);
    const name = sessionCookie(brand.origin);
    const before = readCookie(ctx, name);
    const running = before && (await sessions.read(tenant, before));
    // A second tab that was signing in as well: the session of the first goes on, or its open pages would lose their CSRF token.
    if (running && isSameSignIn(running, signedIn, brand.id)) {
      await sessions.update(tenant, { ...running, tokens: signedIn.tokens });
      return redirect(ctx, safeReturnTo(flight.returnTo, brand.origin));
    }
    // Whoever proves itself again goes on in the same agency; after a sign-in, the one chosen last is offered first.
    const goesOn = running && running.userId === signedIn.userId && running.brandId === brand.id;
    const wanted = goesOn ? running.membershipId : first.defaultMembershipId;
    const seat = seats.find(({ membershipId }) => membershipId === (wanted ?? null)) ?? first;
    if (before) await sessions.endByCookie(tenant, before);
    const value = await sessions.start(tenant, {
      ...signedIn,
      brandId: brand.id,
      membershipId: seat.membershipId,
      ip: ctx.ip,
      userAgent: ctx.get('user-agent').slice(0, 300),
      limits,
    });
    writeCookie(ctx, name, value, { origin: brand.origin });
    const returnTo = safeReturnTo(flight.returnTo, brand.origin);
    const asks = seats.length > 1 && !goesOn && !returnTo.startsWith(AGENCY_PATH);
    redirect(ctx, asks ? `${AGENCY_PATH}?returnTo=${encodeURIComponent(returnTo)}` : returnTo);
  };

  const logout: Page = async (ctx, scope) => {
    const { tenant, brand } = scope;
    const session = await authenticator.sessionOf(ctx, tenant, brand);
    let to = '/';
    if (session?.operator) return deps.stopActing(ctx, scope);
    if (session) {
      checkOwnPost(ctx, scope, session);
      await deps.tell.around(ctx, scope, { action: 'identity.signed_out', userId: session.userId }, async () => {
        await sessions.end(tenant, session);
        await endSiblings(tenant, session);
      });
      writeCookie(ctx, sessionCookie(brand.origin), '', { origin: brand.origin, maxAge: 0 });
      await relyingParty.revoke(tenant, brand, session.tokens).catch((error: unknown) => {
        deps.log.warn({ err: error, 'tenant.id': tenant.id }, 'A refresh token could not be revoked at sign-out');
      });
      to = relyingParty.endSessionUrl(tenant, brand, session.tokens).href;
    }
    if (ctx.accepts('html', 'json') !== 'json') return redirect(ctx, to);
    ctx.set('cache-control', 'no-store');
    ctx.body = { redirectTo: to };
  };

  /** Sessions that tabs of the same browser began in parallel and no cookie names any more. */
  async function endSiblings(tenant: Tenant, { issuer, issuerSessionId }: PortalSession): Promise<void> {
    if (!issuerSessionId) return;
    for (const sibling of await sessions.findByIssuerSession(tenant, issuer, issuerSessionId))
      await sessions.end(tenant, sibling);
  }

  const session: Page = async (ctx, scope) => {
    const { tenant, brand } = scope;
    const live = await authenticator.sessionOf(ctx, tenant, brand);
    const known = live && (await authenticator.personOf(tenant, brand, live));
    const user = known?.user;
    ctx.set('cache-control', 'no-store');
    ctx.body = {
      user:
        user && known
          ? {
              id: user.id,
              name: known.actor.name,
              givenName: user.givenName,
              familyName: user.familyName,
              email: user.email,
              locale: user.locale,
            }
          : null,
      role: user?.role ?? null,
      agencyId: user?.agencyId ?? null,
      emailVerified: user ? user.emailVerifiedAt !== null : null,
      canChangeAgency: known ? (await deps.actors.seats(tenant, known.user.id)).length > 1 : false,
      rules: uiRulesOf(known?.actor ?? anonymous),
      csrfToken: known?.actor.csrfToken ?? null,
      actingParty: presentActingParty(known?.actor.actingParty),
      brand: {
        id: brand.id,
        name: brand.name,
        agencyId: brand.agencyId,
        locales: brand.locales,
        defaultLocale: brand.defaultLocale,
        currency: brand.currency,
      },
    };
  };

  return {
    'GET /auth/login': login,
    [`GET ${STEP_UP_PATH}`]: stepUp,
    'GET /auth/callback': callback,
    'POST /auth/logout': logout,
    'GET /auth/session': session,
  };
}

/** Whether a sign-in proves nothing that the running session does not hold already. */
const isSameSignIn = (running: PortalSession, signedIn: SignedIn, brandId: string): boolean =>
  running.brandId === brandId &&
  running.userId === signedIn.userId &&
  running.issuer === signedIn.issuer &&
  running.issuerSessionId === signedIn.issuerSessionId &&
  running.authenticatedAt === signedIn.authenticatedAt;
