import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import type { Context } from 'koa';
import { LRUCache } from 'lru-cache';
import { scopesOfToken } from '../access/index.ts';
import { publicOrigin, type Config } from '../kernel/config.ts';
import { digest, type Vault } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import { anonymous, type ActingParty, type Actor, type Authentication } from '../kernel/http/actor.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { isUuid } from '../kernel/ids.ts';
import type { Redis } from '../kernel/redis.ts';
import type { ActorLookup, Person } from './actor-lookup.ts';
import { TokenRefused } from './errors.ts';
import type { Issuers } from './issuer/issuers.ts';
import { openAccount } from './issuer/account.ts';
import { isProven } from './issuer/dpop-proof.ts';
import { API_RESOURCE, issuerOf } from './issuer/resource.ts';
import { isApiScope } from './issuer/scopes.ts';
import { readCookie, sessionCookie } from './portal/cookies.ts';
import type { RefreshSession } from './portal/refresh-session.ts';
import type { PortalSession, PortalSessions } from './portal/sessions.ts';
import { mayActAs } from './acting/acting.ts';
import { actingPartyOf } from './impersonation/acting-party.ts';
import { hasBrand } from './repository.ts';
import { mayUseBrand } from './user.ts';

const ISSUERS_TTL_MS = 10_000;
const TOKEN = /^(Bearer|DPoP) +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

interface Deps {
  config: Config;
  database: Database;
  redis: Redis;
  vault: Vault;
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

  /** A token that is bound to a key is worth nothing without a proof of it, and only such a token comes with one (RFC 9449, 7). */
  async function checkPossession(ctx: Context, tenant: Tenant, brand: Brand, token: string, bound: unknown) {
    const thumbprint = (bound as { jkt?: string } | undefined)?.jkt;
    const scheme = TOKEN.exec(ctx.get('authorization'))?.[1]?.toLowerCase();
    if (!thumbprint && scheme === 'bearer') return;
    const request = { method: ctx.method, url: `${brand.origin}${ctx.path}`, accessToken: token };
    const proven =
      thumbprint && scheme === 'dpop'
        ? await isProven({ redis: deps.redis, tenant }, ctx.get('dpop'), { ...request, thumbprint })
        : false;
    if (!proven)
      throw TokenRefused({
        why: 'The token is bound to a key: send it as "Authorization: DPoP …" with a fresh proof in the DPoP header.',
        issuer: issuerOf(brand),
      });
  }

  async function fromToken(ctx: Context, tenant: Tenant, brand: Brand): Promise<Actor> {
    const refuse = (why: string) => TokenRefused({ why, issuer: issuerOf(brand) });
    const token = TOKEN.exec(ctx.get('authorization'))?.[2];
    if (!token || token.length > 8192) throw refuse('The Authorization header holds no bearer token.');
    const claims = await verifyToken(tenant, brand, token);
    const { sub = '', client_id: clientId, scope, account, cnf, auth_time: authTime, amr } = claims;
    await checkPossession(ctx, tenant, brand, token, cnf);
    if (typeof scope !== 'string' || !scope.split(' ').some(isApiScope))
      throw refuse('The token was not given for this API: ask for the scope "api".');
    const id =
      typeof account === 'string' ? openAccount(deps.vault.forTenant(tenant.id, tenant.wrappedDataKey), account) : sub;
    const actor = sub === clientId ? await actors.client(tenant, sub) : await userActor(tenant, id);
    if (!actor) throw refuse('The account behind this token is suspended or gone.');
    const scopes = scopesOfToken(actor.scopes ?? null, scope);
    return {
      ...actor,
      ...(scopes ? { scopes } : {}),
      ...(typeof authTime === 'number' ? { authentication: provenAt(authTime * 1000, amr) } : {}),
    };
  }

  /** The live session of the request's cookie at this brand. */
  async function sessionOf(ctx: Context, tenant: Tenant, brand: Brand): Promise<PortalSession | undefined> {
    const cookie = readCookie(ctx, sessionCookie(brand.origin));
    if (!cookie || cookie.length !== 43) return undefined;
    const session = await sessions.read(tenant, cookie);
    if (!session || session.brandId !== brand.id) return undefined;
    if (session.operator) return session;
    return deps.refreshSession(tenant, brand, session);
  }

  /** The person of a live session, as who sits before it may act; undefined when the account may not be used here (any more). */
  async function personOf(tenant: Tenant, brand: Brand, session: PortalSession): Promise<Person | undefined> {
    const person = await actors.user(tenant, session.userId, session.membershipId);
    if (!person || !mayUseBrand(person.user, brand)) return undefined;
    const customer = session.actingFor && (await customerOf(tenant, brand, session, person));
    if (customer) return customer;
    const actingParty = actingPartyOf(session);
    const proof = actingParty
      ? { actingParty }
      : { authentication: provenAt(session.authenticatedAt, session.methods) };
    const { csrfToken, id: sessionId } = session;
    return { ...person, actor: { ...person.actor, csrfToken, sessionId, ...proof } };
  }

  /** The customer a colleague's session acts as; undefined, and over, once that may not be any more. */
  async function customerOf(
    tenant: Tenant,
    brand: Brand,
    session: PortalSession,
    colleague: Person,
  ): Promise<Person | undefined> {
    const { actingFor, id: sessionId } = session;
    const customer = actingFor && (await actors.user(tenant, actingFor.userId));
    if (!customer || !mayUseBrand(customer.user, brand) || !mayActAs(colleague.actor, customer.user)) {
      await sessions.stopActing(tenant, session);
      return undefined;
    }
    const { role, agencyId, agencyPath, permissions, id, name } = colleague.actor;
    const actingParty: ActingParty = {
      kind: 'user',
      id,
      name,
      reason: actingFor.reason,
      standing: { role, agencyId, agencyPath, ...(permissions ? { permissions } : {}) },
      until: new Date(actingFor.until),
    };
    return { ...customer, actor: { ...customer.actor, csrfToken: actingFor.csrfToken, sessionId, actingParty } };
  }

  return {
    sessionOf,
    personOf,
    async authenticate(ctx: Context, tenant: Tenant, brand: Brand): Promise<Actor> {
      if (/^(bearer|dpop)/i.test(ctx.get('authorization'))) return fromToken(ctx, tenant, brand);
      const session = await sessionOf(ctx, tenant, brand);
      return (session && (await personOf(tenant, brand, session))?.actor) ?? anonymous;
    },
  };
}

const provenAt = (at: number, methods: unknown): Authentication => ({
  at: new Date(at),
  methods: Array.isArray(methods) ? methods.map(String) : [],
});

export type Authenticator = ReturnType<typeof createAuthenticator>;
