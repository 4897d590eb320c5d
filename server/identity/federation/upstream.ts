import { LRUCache } from 'lru-cache';
import * as client from 'openid-client';
import type { GuardedFetch } from '../../kernel/egress/guarded-fetch.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { IdentityProvider, UpstreamClaims } from './provider.ts';
import { secretOf } from './repository.ts';

const METADATA_TTL_MS = 10 * 60_000;
const SECONDS = 5;

export interface Upstream {
  state: string;
  nonce: string;
  verifier: string;
}

/** openid-client reads and writes through the guard: its addresses come from a tenant, and from what those answer. */
export const guardedCustomFetch =
  (guardedFetch: GuardedFetch): client.CustomFetch =>
  (url, { method, headers, body, signal }) =>
    guardedFetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body as string | URLSearchParams | null }),
      ...(signal ? { signal } : {}),
    });

/** Reads a provider's metadata anew. ID tokens are verified by their signature, not taken on the word of TLS alone. */
export async function discover(
  deps: { guardedFetch: GuardedFetch; allowHttp: boolean },
  provider: { issuer: string; clientId: string; secret: string },
): Promise<client.Configuration> {
  return client.discovery(new URL(provider.issuer), provider.clientId, {}, client.ClientSecretPost(provider.secret), {
    [client.customFetch]: guardedCustomFetch(deps.guardedFetch),
    timeout: SECONDS,
    execute: [client.enableNonRepudiationChecks, ...(deps.allowHttp ? [client.allowInsecureRequests] : [])],
  });
}

/** The identity providers of tenants, as their client (OpenID Connect Core, authorization code with PKCE). */
export function createUpstream(deps: { guardedFetch: GuardedFetch; allowHttp: boolean }) {
  const known = new LRUCache<string, Promise<client.Configuration>>({ max: 500, ttl: METADATA_TTL_MS });

  function configurationOf(sql: TenantSql, provider: IdentityProvider): Promise<client.Configuration> {
    const slot = `${sql.tenant.id}:${provider.id}:${provider.version}`;
    let configuration = known.get(slot);
    if (!configuration) {
      configuration = secretOf(sql, provider.id).then((secret) => discover(deps, { ...provider, secret }));
      known.set(slot, configuration);
      configuration.catch(() => known.delete(slot));
    }
    return configuration;
  }

  return {
    /** Where to send the browser, and what to remember until it comes back. */
    async begin(
      sql: TenantSql,
      provider: IdentityProvider,
      input: { redirectUri: string; loginHint?: string; fresh: boolean },
    ): Promise<{ url: URL; flight: Upstream }> {
      const flight = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const configuration = await configurationOf(sql, provider);
      const hd = provider.allowedHostedDomains.length === 1 ? provider.allowedHostedDomains[0] : undefined;
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: input.redirectUri,
        scope: 'openid profile email',
        state: flight.state,
        nonce: flight.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(flight.verifier),
        code_challenge_method: 'S256',
        ...(input.loginHint ? { login_hint: input.loginHint } : {}),
        ...(input.fresh ? { prompt: 'login' } : {}),
        ...(hd ? { hd } : {}),
      });
      return { url, flight };
    },
    /** Redeems the code and answers who it is. @throws what openid-client throws for an answer that cannot be trusted */
    async finish(
      sql: TenantSql,
      provider: IdentityProvider,
      input: { callback: URL; flight: Upstream },
    ): Promise<UpstreamClaims> {
      const configuration = await configurationOf(sql, provider);
      const answer = await client.authorizationCodeGrant(configuration, input.callback, {
        pkceCodeVerifier: input.flight.verifier,
        expectedState: input.flight.state,
        expectedNonce: input.flight.nonce,
        idTokenExpected: true,
      });
      const claims = answer.claims();
      if (!claims) throw new Error('The provider answered without an ID token');
      const isThin = claims.email === undefined || (provider.groupClaim && claims[provider.groupClaim] === undefined);
      if (!isThin || !configuration.serverMetadata().userinfo_endpoint) return claims;
      // Refuses an answer about somebody else (OpenID Connect Core, 5.3.2). What the token says itself goes before.
      const more = await client.fetchUserInfo(configuration, answer.access_token, claims.sub);
      return { ...more, ...claims };
    },
  };
}

export type UpstreamClient = ReturnType<typeof createUpstream>;
