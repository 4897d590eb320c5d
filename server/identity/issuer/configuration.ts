import type { JWK } from 'jose';
import type { Client, Configuration, ErrorOut, KoaContextWithOIDC, errors } from 'oidc-provider';
import type { CustomFetch } from 'openid-client';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { GuardedFetch } from '../../kernel/egress/guarded-fetch.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { Redis } from '../../kernel/redis.ts';
import type { ResponseMode } from '../pages/form-post.ts';
import { extraClaims, findAccount, pairwiseSubject } from './account.ts';
import { createClientAdapter, type FindProgram } from './client-adapter.ts';
import { createRedisAdapter } from './redis-adapter.ts';
import { cliClient, portalClient } from './first-party.ts';
import { deleteGrant, loadExistingGrant } from './grants.ts';
import { API_RESOURCE, issuerOf } from './resource.ts';
import { ACCESS_TOKEN_SECONDS, DEVICE_CODE_SECONDS } from './lifetimes.ts';
import type { RevokeFamily } from './refresh-reuse.ts';
import { CLIENT_EXTRAS, grantsApi, resourceServer } from './resource-server.ts';
import { OIDC_SCOPES } from './scopes.ts';
import { createSqlAdapter } from './sql-adapter.ts';

const DAY = 24 * 3600;
const WEEK = 7 * DAY;
const DURABLE = new Set(['Grant', 'RefreshToken']);

export interface IssuerPages {
  error(ctx: KoaContextWithOIDC, description: string | undefined): void;
  signOut(ctx: KoaContextWithOIDC, form: string): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): void;
  /** Answers an application by a form (`response_mode=form_post`). */
  formPost: ResponseMode;
  /** Where a person types the code that a device shows. */
  askUserCode(ctx: KoaContextWithOIDC, form: string, out?: ErrorOut, fault?: errors.OIDCProviderError | Error): void;
  /** Whether the device is the person's own. */
  confirmDevice(ctx: KoaContextWithOIDC, form: string, client: Client, device: unknown, userCode: string): void;
  deviceSignedIn(ctx: KoaContextWithOIDC): void;
}

export interface IssuerParts {
  tenant: Tenant;
  brand: Brand;
  sql: TenantSql;
  redis: Redis;
  vault: TenantVault;
  keys: JWK[];
  pages: IssuerPages;
  /** What a refresh token leads to that is used twice. */
  revokeFamily: RevokeFamily;
  /** Reaches the portal of this very brand without leaving the machine. */
  selfFetch: CustomFetch;
  guardedFetch: GuardedFetch;
  findProgram: FindProgram;
}

/**
 * Configuration of one brand's issuer: authorization code with PKCE for the portal and for applications of others, device flow, client
 * credentials for API clients.
 */
export function issuerConfiguration(parts: IssuerParts): Configuration {
  const { brand, vault, keys, pages } = parts;
  const issuer = issuerOf(brand);
  const secure = issuer.startsWith('https:');
  return {
    jwks: { keys },
    adapter: (model: string) => adapterFor(parts, model),
    clients: [portalClient(brand, vault), cliClient()],
    extraClientMetadata: { properties: CLIENT_EXTRAS },
    findAccount: (ctx, id, token) => accountOfRequest(parts, ctx, id, token),
    loadExistingGrant,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    extraTokenClaims: (ctx, token) => extraClaims(parts, ctx, token),
    pkce: { required: () => true },
    responseTypes: ['code'],
    scopes: [...OIDC_SCOPES],
    acrValues: ['aal1', 'aal2'],
    claims: {
      // When, how and in which of our sessions the person signed in: the portals decide by these what may be asked again.
      openid: ['sub', 'auth_time', 'amr', 'acr'],
      profile: ['name', 'given_name', 'family_name', 'locale'],
      email: ['email', 'email_verified'],
    },
    conformIdTokenClaims: false,
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, accountId, client) =>
      pairwiseSubject(vault, (client.sectorIdentifier as string | undefined) ?? client.clientId, accountId),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      clientAuthSigningAlgValues: ['ES256', 'PS256', 'RS256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    },
    clientBasedCORS: (_ctx, origin) => origin === brand.origin,
    cookies: {
      keys: [vault.derive('oidc-cookies').toString('base64url')],
      names: {
        session: secure ? '__Host-portolan_issuer' : 'portolan_issuer',
        interaction: 'portolan_interaction',
        resume: 'portolan_resume',
      },
      long: { signed: true, httpOnly: true, sameSite: 'lax', overwrite: true },
      short: { signed: true, httpOnly: true, sameSite: 'lax', overwrite: true },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    fetch: (url, options) => fetchForIssuer(parts, url as string | URL, options),
    renderError: (ctx, out) => pages.error(ctx, out.error_description),
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      DeviceCode: DEVICE_CODE_SECONDS,
      PushedAuthorizationRequest: 60,
      IdToken: 3600,
      Interaction: 1800,
      Session: WEEK,
      // At least as long as the longest session of a portal stands idle, and lives (`portal/session.ts`).
      Grant: 31 * DAY,
      RefreshToken: 15 * DAY,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      userinfo: { enabled: true },
      backchannelLogout: { enabled: true },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      deviceFlow: {
        enabled: true,
        mask: '****-****',
        userCodeInputSource: pages.askUserCode,
        userCodeConfirmSource: pages.confirmDevice,
        successSource: pages.deviceSignedIn,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_RESOURCE,
        useGrantedResource: grantsApi,
        getResourceServerInfo: resourceServer,
      },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.signOut, postLogoutSuccessSource: pages.signedOut },
    },
  };
}

/** The issuer's outgoing calls, all of them back-channel logouts: to the brand's own portal, and to addresses that a tenant chose. */
function fetchForIssuer(
  { brand, selfFetch, guardedFetch }: IssuerParts,
  address: string | URL,
  options: RequestInit | undefined,
) {
  const url = new URL(address);
  const { method = 'GET', body = null, headers } = options ?? {};
  if (url.origin !== brand.origin)
    return guardedFetch(url, {
      method,
      body: body as string | URLSearchParams | null,
      headers: Object.fromEntries(new Headers(headers)),
    });
  return selfFetch(url.href, {
    method,
    body: body as string | URLSearchParams | null,
    headers: Object.fromEntries(new Headers(headers)),
    redirect: 'manual',
  });
}

/** The account of a request; the token endpoint asks for that of a refresh token before it looks whether it was used. */
async function accountOfRequest(parts: IssuerParts, ctx: KoaContextWithOIDC, id: string, token: unknown) {
  const presented = token as Partial<Record<'kind' | 'grantId' | 'clientId', string>> & { consumed?: unknown };
  if (presented?.kind === 'RefreshToken' && presented.consumed)
    await parts.revokeFamily({
      grantId: presented.grantId ?? '',
      accountId: id,
      clientId: presented.clientId ?? '',
    });
  return findAccount(parts, ctx, id);
}

function adapterFor({ sql, redis, tenant, brand, vault, revokeFamily, findProgram }: IssuerParts, model: string) {
  const issuer = issuerOf(brand);
  if (model === 'Client') return createClientAdapter({ sql, vault, findProgram });
  return DURABLE.has(model)
    ? createSqlAdapter({ sql, issuer, model, ...(model === 'RefreshToken' ? { onLostRace: revokeFamily } : {}) })
    : createRedisAdapter({
        redis,
        tenant,
        brandId: brand.id,
        issuer,
        model,
        // A code that two redeem at once is a code used twice: what the winner was given, or is being given, goes (RFC 6749, 4.1.2).
        ...(model === 'AuthorizationCode' ? { onLostRace: (grantId: string) => deleteGrant(sql, grantId) } : {}),
      });
}
