import * as client from 'openid-client';
import type { Vault } from '../../kernel/crypto/vault.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import { API_SCOPE, PORTAL_CLIENT_ID, PORTAL_OIDC_SCOPE, issuerOf, portalSecret } from '../issuer/resource.ts';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  idToken: string;
  /** When the access token ends, milliseconds since the epoch. */
  accessExpiresAt: number;
}

/** What the issuer says of a completed sign-in (claims of the ID token). Times are milliseconds since the epoch. */
export interface SignedIn {
  userId: string;
  tokens: Tokens;
  authenticatedAt: number;
  methods: readonly string[];
  issuer: string;
  issuerSessionId: string | null;
}

/** What a sign-in under way must remember between leaving for the issuer and coming back. */
export interface SignInFlight {
  state: string;
  nonce: string;
  verifier: string;
  returnTo: string;
  startedAt: number;
}

/** The portal as a client of the brand's own issuer (openid-client). Its metadata is known, so nothing is discovered. */
export function createRelyingParty(deps: { vault: Vault; fetch: client.CustomFetch }) {
  function configure(tenant: Tenant, brand: Brand): client.Configuration {
    const issuer = issuerOf(brand);
    const secret = portalSecret(deps.vault.forTenant(tenant.id, tenant.wrappedDataKey), issuer);
    const server: client.ServerMetadata = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/token/revocation`,
      end_session_endpoint: `${issuer}/session/end`,
      jwks_uri: `${issuer}/jwks`,
      authorization_response_iss_parameter_supported: true,
    };
    const config = new client.Configuration(
      server,
      PORTAL_CLIENT_ID,
      { id_token_signed_response_alg: 'ES256' },
      client.ClientSecretBasic(secret),
    );
    config[client.customFetch] = deps.fetch;
    if (issuer.startsWith('http:')) client.allowInsecureRequests(config);
    return config;
  }

  const toTokens = (answer: Awaited<ReturnType<typeof client.refreshTokenGrant>>, before?: Tokens): Tokens => ({
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? before?.refreshToken ?? '',
    idToken: answer.id_token ?? before?.idToken ?? '',
    accessExpiresAt: Date.now() + (answer.expires_in ?? 0) * 1000,
  });

  return {
    /** `fresh` asks the issuer to have the person prove it again, whatever session it holds. */
    async begin(
      tenant: Tenant,
      brand: Brand,
      returnTo: string,
      options: { fresh?: boolean } = {},
    ): Promise<{ url: URL; flight: SignInFlight }> {
      const flight: SignInFlight = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        returnTo,
        startedAt: Date.now(),
      };
      const url = client.buildAuthorizationUrl(configure(tenant, brand), {
        redirect_uri: `${brand.origin}/auth/callback`,
        scope: `${PORTAL_OIDC_SCOPE} ${API_SCOPE}`,
        state: flight.state,
        nonce: flight.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(flight.verifier),
        code_challenge_method: 'S256',
        ...(options.fresh ? { prompt: 'login' } : {}),
      });
      return { url, flight };
    },
    /** Redeems the code. `search` is the query of the callback; its URL is built from the stored origin. Throws what openid-client throws. */
    async finish(tenant: Tenant, brand: Brand, search: string, flight: SignInFlight): Promise<SignedIn> {
      const answer = await client.authorizationCodeGrant(
        configure(tenant, brand),
        new URL(`${brand.origin}/auth/callback${search}`),
        {
          pkceCodeVerifier: flight.verifier,
          expectedState: flight.state,
          expectedNonce: flight.nonce,
          idTokenExpected: true,
        },
      );
      const claims = answer.claims();
      if (!claims?.auth_time) throw new Error('The issuer answered without an ID token that says when');
      return {
        userId: claims.sub,
        tokens: toTokens(answer),
        authenticatedAt: claims.auth_time * 1000,
        methods: Array.isArray(claims.amr) ? claims.amr.map(String) : [],
        issuer: claims.iss,
        issuerSessionId: typeof claims.sid === 'string' ? claims.sid : null,
      };
    },
    async refresh(tenant: Tenant, brand: Brand, tokens: Tokens): Promise<Tokens> {
      return toTokens(await client.refreshTokenGrant(configure(tenant, brand), tokens.refreshToken), tokens);
    },
    async revoke(tenant: Tenant, brand: Brand, tokens: Tokens): Promise<void> {
      await client.tokenRevocation(configure(tenant, brand), tokens.refreshToken, { token_type_hint: 'refresh_token' });
    },
    endSessionUrl: (tenant: Tenant, brand: Brand, tokens: Tokens): URL =>
      client.buildEndSessionUrl(configure(tenant, brand), {
        id_token_hint: tokens.idToken,
        post_logout_redirect_uri: `${brand.origin}/`,
      }),
    /** Whether the issuer itself refused (the session is over), as against a fault on the way. */
    isRefusal: (error: unknown): boolean =>
      error instanceof client.ResponseBodyError && error.error === 'invalid_grant',
  };
}

export type RelyingParty = ReturnType<typeof createRelyingParty>;
