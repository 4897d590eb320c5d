import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import type { Context } from 'koa';
import { LRUCache } from 'lru-cache';
import { publicOrigin, type Config } from '../kernel/config.ts';
import { digest } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import { anonymous, type Actor, type Authentication } from '../kernel/http/actor.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { isUuid } from '../kernel/ids.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { TokenRefused } from './errors.ts';
import type { Issuers } from './issuer/issuers.ts';
import { API_RESOURCE, issuerOf } from './issuer/resource.ts';
import { readCookie, sessionCookie } from './portal/cookies.ts';
import type { RefreshSession } from './portal/refresh-session.ts';
import type { PortalSession, PortalSessions } from './portal/sessions.ts';
import { hasBrand } from './repository.ts';
import { mayUseBrand } from './user.ts';

const ISSUERS_TTL_MS = 10_000;
const BEARER = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

interface Deps {
  config: Config;
  database: Database;
  issuers: Issuers;
  sessions: PortalSessions;
  refreshSession: RefreshSession;
  actors: ActorLookup;
}

/**
 * Who sends a request: a bearer token of one of this tenant's issuers (RFC 9068), or the portal's session cookie, or nobody. A cookie that
 * means nothing (any more) is an anonymous visitor; a bearer token that means nothing is refused.
 */
export function createAuthenticator(deps: Deps) {
  const { actors, issuers, sessions } = deps;
  const verified = new LRUCache<string, { payload: JWTPayload; kid: string }>({ max: 10_000 });
  const publicKeys = new LRUCache<string, Promise<CryptoKey | Uint8Array>>({ max: 2000 });
  const issuerNames = new LRUCache<string, Promise<boolean>>({ max: 2000, ttl: ISSUERS_TTL_MS });

  /** Whether an `iss` names a brand of this tenant. */
  function isOurIssuer(tenant: Tenant, brand: Brand, iss: string): Promise<boolean> {
    if (iss === issuerOf(brand)) return Promise.resolve(true);
    const slot = `${tenant.id}:${iss}`;
    let answer = issuerNames.get(slot);
    if (!answer) {
      const hostname = URL.canParse(iss) ? new URL(iss).hostname : '';
      const stored = issuerOf({ origin: publicOrigin(deps.config, hostname) });
      answer = iss === stored ? hasBrand(deps.database.tenant(tenant), hostname) : Promise.resolve(false);
      issuerNames.set(slot, answer);
      answer.catch(() => issuerNames.delete(slot));
    }
    return answer;
  }

  async function keyFor(tenant: Tenant, kid: string): Promise<CryptoKey | Uint8Array> {
    const row = await issuers.keyOf(tenant, kid);
    if (!row) throw new Error('unknown key');
    const slot = `${tenant.id}:${row.kid}`;
    let key = publicKeys.get(slot);
    if (!key) publicKeys.set(slot, (key = importJWK(row.publicJwk, 'ES256')));
    return key;
  }

  async function verifyToken(tenant: Tenant, brand: Brand, token: string): Promise<JWTPayload> {
    const slot = `${tenant.id}:${digest(token)}`;
    const known = verified.get(slot);
    // A key that was withdrawn takes its tokens with it.
    if (known && (await issuers.keyOf(tenant, known.kid))) return known.payload;
    const refuse = (why: string) => TokenRefused({ why, issuer: issuerOf(brand) });
    let iss: string | undefined;
    try {
      ({ iss } = decodeJwt(token));
    } catch {
      throw refuse('The token is not a JWT.');
    }
    if (!iss || iss.length > 300 || !(await isOurIssuer(tenant, brand, iss)))
      throw refuse('The token was issued for another site.');
    try {
      const { kid = '' } = decodeProtectedHeader(token);
      const { payload } = await jwtVerify(token, await keyFor(tenant, kid), {
        algorithms: ['ES256'],
        typ: 'at+jwt',
        audience: API_RESOURCE,
        issuer: iss,
        requiredClaims: ['exp', 'sub', 'client_id'],
      });
      verified.set(slot, { payload, kid }, { ttl: Math.max(1, (payload.exp ?? 0) * 1000 - Date.now()) });
      return payload;
    } catch (error) {
      throw refuse(
        (error as { code?: string }).code === 'ERR_JWT_EXPIRED'
          ? 'The token has expired.'
          : 'The token could not be verified.',
      );
    }
  }

  const userActor = async (tenant: Tenant, id: string): Promise<Actor | undefined> =>
    isUuid(id) ? (await actors.user(tenant, id))?.actor : undefined;

  async function fromBearer(tenant: Tenant, brand: Brand, header: string): Promise<Actor> {
    const token = BEARER.exec(header)?.[1];
    if (!token || token.length > 8192)
      throw TokenRefused({ why: 'The Authorization header holds no bearer token.', issuer: issuerOf(brand) });
    const { sub = '', client_id: clientId, auth_time: authTime, amr } = await verifyToken(tenant, brand, token);
    const actor = sub === clientId ? await actors.client(tenant, sub) : await userActor(tenant, sub);
    if (!actor)
      throw TokenRefused({ why: 'The account behind this token is suspended or gone.', issuer: issuerOf(brand) });
    return typeof authTime === 'number' ? { ...actor, authentication: provenAt(authTime * 1000, amr) } : actor;
  }

  /** The live session of the request's cookie at this brand. */
  async function sessionOf(ctx: Context, tenant: Tenant, brand: Brand): Promise<PortalSession | undefined> {
    const cookie = readCookie(ctx, sessionCookie(brand.origin));
    if (!cookie || cookie.length !== 43) return undefined;
    const session = await sessions.read(tenant, cookie);
    if (!session || session.brandId !== brand.id) return undefined;
    return deps.refreshSession(tenant, brand, session);
  }

  return {
    sessionOf,
    async authenticate(ctx: Context, tenant: Tenant, brand: Brand): Promise<Actor> {
      const header = ctx.get('authorization');
      if (header && /^bearer/i.test(header)) return fromBearer(tenant, brand, header);
      const session = await sessionOf(ctx, tenant, brand);
      const person = session && (await actors.user(tenant, session.userId));
      if (!session || !person || !mayUseBrand(person.user, brand)) return anonymous;
      return {
        ...person.actor,
        csrfToken: session.csrfToken,
        sessionId: session.id,
        authentication: provenAt(session.authenticatedAt, session.methods),
      };
    },
  };
}

const provenAt = (at: number, methods: unknown): Authentication => ({
  at: new Date(at),
  methods: Array.isArray(methods) ? methods.map(String) : [],
});

export type Authenticator = ReturnType<typeof createAuthenticator>;
