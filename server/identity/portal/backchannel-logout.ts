import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import type { Context } from 'koa';
import { digest } from '../../kernel/crypto/vault.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';
import type { Issuers } from '../issuer/issuers.ts';
import { issuerOf, PORTAL_CLIENT_ID } from '../issuer/resource.ts';
import { field, type PageScope } from '../pages/page.ts';
import type { PortalSessions } from './sessions.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** How old a logout token may be; for as long its `jti` is remembered. */
const MAX_AGE_SECONDS = 180;

interface Deps {
  issuers: Pick<Issuers, 'keyOf'>;
  sessions: PortalSessions;
  redis: Redis;
  log: Logger;
}

/** The sessions a logout token speaks of. */
interface LogoutOrder {
  sub: string | undefined;
  sid: string | undefined;
}

/**
 * `POST /auth/backchannel-logout`: the issuer says that its session is over (OpenID Connect Back-Channel Logout 1.0, sections 2.6 to
 * 2.8). The call carries no cookie; what it may end is what the token's issuer began.
 */
export function createBackchannelLogout({ issuers, sessions, redis, log }: Deps) {
  async function readToken(tenant: Tenant, brand: Brand, token: string): Promise<LogoutOrder> {
    const { kid } = decodeProtectedHeader(token);
    const row = await issuers.keyOf(tenant, kid);
    if (!row) throw new Error('The token is signed with a key of nobody we know');
    const { payload } = await jwtVerify(token, await importJWK(row.publicJwk, 'ES256'), {
      algorithms: ['ES256'],
      typ: 'logout+jwt',
      issuer: issuerOf(brand),
      audience: PORTAL_CLIENT_ID,
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: 5,
      requiredClaims: ['iat', 'exp', 'jti'],
    });
    const events = payload.events as Record<string, unknown> | undefined;
    if (typeof events?.[EVENT] !== 'object' || events[EVENT] === null)
      throw new Error('The token does not say that it is about a logout');
    if ('nonce' in payload) throw new Error('A logout token has no nonce');
    const sid = typeof payload.sid === 'string' ? payload.sid : undefined;
    if (!sid && !payload.sub) throw new Error('The token names neither a person nor a session');
    const seen = tenantKey(tenant, 'logout-token', digest(String(payload.jti)));
    if ((await redis.set(seen, '1', 'EX', 2 * MAX_AGE_SECONDS, 'NX')) === null)
      throw new Error('The token was used before');
    return { sub: payload.sub, sid };
  }

  async function carryOut(tenant: Tenant, issuer: string, { sub, sid }: LogoutOrder): Promise<void> {
    if (sid === undefined) {
      if (sub) await sessions.endWhere(tenant, sub, (session) => session.issuer === issuer);
      return;
    }
    for (const session of await sessions.findByIssuerSession(tenant, issuer, sid))
      if (!sub || session.userId === sub) await sessions.end(tenant, session);
  }

  return async (ctx: Context, { tenant, brand }: PageScope): Promise<void> => {
    ctx.set('cache-control', 'no-store');
    let order: LogoutOrder;
    try {
      order = await readToken(tenant, brand, field(ctx, 'logout_token', 8192));
    } catch (error) {
      log.warn({ err: error, 'tenant.id': tenant.id }, 'A back-channel logout was refused');
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: 'The logout token is not valid here.' };
      return;
    }
    await carryOut(tenant, issuerOf(brand), order);
    ctx.status = 200;
    ctx.body = '';
  };
}
