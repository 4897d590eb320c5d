import type { Context } from 'koa';
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { CsrfMissing } from '../../kernel/http/csrf.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import type { ActorLookup, Person } from '../actor-lookup.ts';
import { mayTry } from '../attempts.ts';
import type { Authenticator } from '../authenticate.ts';
import type { TellEvent } from '../identity-event.ts';
import { issuerOf } from '../issuer/resource.ts';
import { field, type Pages, type PageScope } from '../pages/page.ts';
import { readCookie, sessionCookie, writeCookie } from '../portal/cookies.ts';
import { csrfTokenOf } from '../portal/session.ts';
import type { PortalSession, PortalSessions } from '../portal/sessions.ts';
import { mayUseBrand } from '../user.ts';
import { actingPartyOf } from './acting-party.ts';
import { IMPERSONATION_PATH } from './issue-link.ts';
import { endImpersonation, findRedeemable, redeemImpersonation, type Impersonation } from './repository.ts';

export const STOP_ACTING_PATH = '/auth/acting/stop';
const TRIES = { points: 30, seconds: 600 };

interface Deps {
  pages: Pages;
  tell: TellEvent;
  database: Database;
  sessions: PortalSessions;
  authenticator: Authenticator;
  actors: ActorLookup;
  rateLimiter: RateLimiter;
  clock: Clock;
}

type Page = (ctx: Context, scope: PageScope) => Promise<void>;

function go(ctx: Context, to: string): void {
  ctx.status = 303;
  ctx.set('cache-control', 'no-store');
  ctx.redirect(to);
}

/** Where an operator's link leads: a page that asks, and only its post opens the session, so that nothing that fetches links ahead uses it up. */
export function createImpersonationPages(deps: Deps): { table: Record<string, Page>; stop: Page } {
  const { pages, sessions, database } = deps;

  const gone = (ctx: Context, scope: PageScope) =>
    pages.draw(ctx, scope, 'error', { message: pages.text(scope, 'auth.errors.link_expired'), backUrl: '/' }, 410);

  const mayTryAgain = (ctx: Context, { tenant }: PageScope) =>
    mayTry(deps.rateLimiter, `${tenant.id}:impersonate-from:${ctx.ip}`, TRIES);

  async function personFor(scope: PageScope, userId: string): Promise<Person | undefined> {
    const person = await deps.actors.user(scope.tenant, userId);
    return person && mayUseBrand(person.user, scope.brand) ? person : undefined;
  }

  function ask(
    ctx: Context,
    scope: PageScope,
    token: string,
    { found, person, formError }: { found: Impersonation; person: Person; formError?: string },
  ): void {
    const { operator, reason, minutes } = found;
    pages.draw(
      ctx,
      scope,
      'impersonate',
      {
        action: IMPERSONATION_PATH,
        csrfToken: pages.csrfToken(ctx, scope),
        hidden: { token },
        personName: person.actor.name,
        operator,
        reason,
        minutes,
        ...(formError ? { formError } : {}),
      },
      formError ? 403 : 200,
    );
  }

  const confirm: Page = async (ctx, scope) => {
    const token = typeof ctx.query.token === 'string' ? ctx.query.token.slice(0, 100) : '';
    if (!(await mayTryAgain(ctx, scope))) return gone(ctx, scope);
    const found = await findRedeemable(database.platform, scope, token, deps.clock.now());
    const person = found && (await personFor(scope, found.userId));
    return found && person ? ask(ctx, scope, token, { found, person }) : gone(ctx, scope);
  };

  const redeem: Page = async (ctx, scope) => {
    const { tenant, brand } = scope;
    const token = field(ctx, 'token', 100);
    if (!(await mayTryAgain(ctx, scope))) return gone(ctx, scope);
    const now = deps.clock.now();
    const found = await findRedeemable(database.platform, scope, token, now);
    const person = found && (await personFor(scope, found.userId));
    if (!found || !person) return gone(ctx, scope);
    if (!pages.isGenuine(ctx, scope, field(ctx, '_csrf')))
      return ask(ctx, scope, token, { found, person, formError: 'csrf' });
    const won = await redeemImpersonation(database.platform, scope, token, { now, ip: ctx.ip });
    if (!won) return gone(ctx, scope);
    const before = readCookie(ctx, sessionCookie(brand.origin));
    if (before) await sessions.endByCookie(tenant, before);
    const seconds = won.minutes * 60;
    const started = {
      userId: won.userId,
      brandId: brand.id,
      operator: { impersonationId: won.id, name: won.operator, reason: won.reason },
      // The issuer knows nothing of this session: there is nothing to refresh or to revoke.
      tokens: { accessToken: '', refreshToken: '', idToken: '', accessExpiresAt: won.endsAt.getTime() },
      authenticatedAt: now.getTime(),
      methods: [],
      issuer: issuerOf(brand),
      issuerSessionId: null,
      ip: ctx.ip,
      userAgent: ctx.get('user-agent').slice(0, 300),
      limits: { idleSeconds: seconds, absoluteSeconds: seconds },
    };
    const actingParty = actingPartyOf(started);
    // Told first: nobody acts as somebody without its being written down.
    await deps.tell(ctx, scope, {
      action: 'identity.impersonation_started',
      userId: won.userId,
      actor: { ...person.actor, ...(actingParty ? { actingParty } : {}) },
      details: { impersonationId: won.id, until: won.endsAt.toISOString() },
    });
    writeCookie(ctx, sessionCookie(brand.origin), await sessions.start(tenant, started), {
      origin: brand.origin,
      maxAge: seconds,
    });
    go(ctx, person.user.role === 'customer' ? '/' : '/console');
  };

  const stop: Page = async (ctx, scope) => {
    const session = await deps.authenticator.sessionOf(ctx, scope.tenant, scope.brand);
    if (!session?.operator && !session?.actingFor) return go(ctx, '/');
    checkOwnPost(ctx, scope, session);
    if (session.operator) await endOperatorSession(ctx, scope, session);
    else await endActing(ctx, scope, session);
    const to = session.operator ? '/' : '/console/customers';
    if (ctx.accepts('html', 'json') !== 'json') return go(ctx, to);
    ctx.set('cache-control', 'no-store');
    ctx.body = { redirectTo: to };
  };

  /** A colleague goes on as itself, in the session it had. */
  async function endActing(ctx: Context, scope: PageScope, session: PortalSession): Promise<void> {
    const { tenant, brand } = scope;
    const person = await deps.authenticator.personOf(tenant, brand, session);
    const cookie = await sessions.rotate(tenant, session, { actingFor: null });
    if (cookie) writeCookie(ctx, sessionCookie(brand.origin), cookie, { origin: brand.origin });
    await deps.tell(ctx, scope, {
      action: 'identity.acting_ended',
      userId: session.actingFor?.userId ?? null,
      ...(person ? { actor: person.actor } : {}),
    });
  }

  async function endOperatorSession(ctx: Context, scope: PageScope, session: PortalSession): Promise<void> {
    const { tenant, brand } = scope;
    const person = await deps.authenticator.personOf(tenant, brand, session);
    await sessions.end(tenant, session);
    writeCookie(ctx, sessionCookie(brand.origin), '', { origin: brand.origin, maxAge: 0 });
    const impersonationId = session.operator?.impersonationId ?? '';
    await endImpersonation(database.platform, tenant, impersonationId, deps.clock.now());
    await deps.tell(ctx, scope, {
      action: 'identity.impersonation_ended',
      userId: session.userId,
      ...(person ? { actor: person.actor } : {}),
      details: { impersonationId },
    });
  }

  const table = {
    [`GET ${IMPERSONATION_PATH}`]: confirm,
    [`POST ${IMPERSONATION_PATH}`]: redeem,
    [`POST ${STOP_ACTING_PATH}`]: stop,
  };
  return { table, stop };
}

/** @throws CsrfMissing when a post does not come from a page of this brand that knows the session's token. */
export function checkOwnPost(ctx: Context, { brand }: PageScope, session: PortalSession): void {
  const given = Buffer.from(ctx.get('x-csrf-token') || field(ctx, '_csrf'));
  const expected = Buffer.from(csrfTokenOf(session));
  const origin = ctx.get('origin');
  if ((origin && origin !== brand.origin) || given.length !== expected.length || !timingSafeEqual(given, expected))
    throw CsrfMissing();
}
