import type { JWK } from 'jose';
import { errors, type AccountClaims, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { CustomFetch } from 'openid-client';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { Redis } from '../../kernel/redis.ts';
import { findApiClient, findUserById } from '../repository.ts';
import { isUsable, mayUseBrand } from '../user.ts';
import { createClientAdapter } from './client-adapter.ts';
import { createRedisAdapter } from './redis-adapter.ts';
import { API_RESOURCE, API_SCOPE, PORTAL_CLIENT_ID, PORTAL_OIDC_SCOPE, issuerOf, portalSecret } from './resource.ts';
import { createSqlAdapter } from './sql-adapter.ts';

/** Access tokens are not stored and so cannot be called back: they live minutes. */
const ACCESS_TOKEN_SECONDS = 600;
const DAY = 24 * 3600;
const WEEK = 7 * DAY;
const DURABLE = new Set(['Grant', 'RefreshToken']);

export interface IssuerPages {
  error(ctx: KoaContextWithOIDC, description: string | undefined): void;
  signOut(ctx: KoaContextWithOIDC, form: string): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): void;
}

export interface IssuerParts {
  tenant: Tenant;
  brand: Brand;
  sql: TenantSql;
  redis: Redis;
  vault: TenantVault;
  keys: JWK[];
  pages: IssuerPages;
  /** Reaches the portal of this very brand without leaving the machine. */
  selfFetch: CustomFetch;
}

/** Configuration of one brand's issuer: authorization code with PKCE for the portal, client credentials for API clients. */
export function issuerConfiguration(parts: IssuerParts): Configuration {
  const { brand, vault, keys, pages } = parts;
  const issuer = issuerOf(brand);
  const secure = issuer.startsWith('https:');
  return {
    jwks: { keys },
    adapter: (model: string) => adapterFor(parts, model),
    clients: [portalClient(brand, vault)],
    findAccount: (_ctx, id) => findAccount(parts, id),
    loadExistingGrant,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    extraTokenClaims: (ctx, token) => extraClaims(parts, ctx, token),
    pkce: { required: () => true },
    responseTypes: ['code'],
    scopes: ['openid'],
    acrValues: ['aal1', 'aal2'],
    claims: {
      // When, how and in which of our sessions the person signed in: the portals decide by these what may be asked again.
      openid: ['sub', 'auth_time', 'amr', 'acr'],
      profile: ['name', 'given_name', 'family_name', 'locale'],
      email: ['email', 'email_verified'],
    },
    conformIdTokenClaims: false,
    subjectTypes: ['public'],
    clientAuthMethods: ['client_secret_basic'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
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
      userinfo: { enabled: false },
      backchannelLogout: { enabled: true },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => resourceServer(resource),
      },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.signOut, postLogoutSuccessSource: pages.signedOut },
    },
  };
}

function portalClient(brand: Brand, vault: TenantVault) {
  return {
    client_id: PORTAL_CLIENT_ID,
    client_secret: portalSecret(vault, issuerOf(brand)),
    client_name: brand.name,
    redirect_uris: [`${brand.origin}/auth/callback`],
    post_logout_redirect_uris: [`${brand.origin}/`],
    require_auth_time: true,
    // Also what makes the issuer name its session (`sid`) in the ID token.
    backchannel_logout_uri: `${brand.origin}/auth/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    application_type: 'web' as const,
    token_endpoint_auth_method: 'client_secret_basic' as const,
  };
}

/** The issuer's outgoing calls: back-channel logout of the brand's own portal; nothing else is registered. */
function fetchForIssuer({ brand, selfFetch }: IssuerParts, address: string | URL, options: RequestInit | undefined) {
  const url = new URL(address);
  if (url.origin !== brand.origin) throw new Error(`The issuer may not call ${url.href}`);
  const { method = 'GET', body = null, headers } = options ?? {};
  return selfFetch(url.href, {
    method,
    body: body as string | URLSearchParams | null,
    headers: Object.fromEntries(new Headers(headers)),
    redirect: 'manual',
  });
}

function adapterFor({ sql, redis, tenant, brand, vault }: IssuerParts, model: string) {
  const issuer = issuerOf(brand);
  if (model === 'Client') return createClientAdapter(sql, vault);
  return DURABLE.has(model)
    ? createSqlAdapter({ sql, issuer, model })
    : createRedisAdapter({ redis, tenant, issuer, model });
}

async function findAccount({ sql, brand }: IssuerParts, id: string) {
  const user = await findUserById(sql, id);
  if (!user || !isUsable(user) || !mayUseBrand(user, brand)) return undefined;
  const claims: AccountClaims = {
    sub: id,
    name: `${user.givenName} ${user.familyName}`.trim(),
    given_name: user.givenName,
    family_name: user.familyName,
    locale: user.locale,
    email: user.email,
    email_verified: user.emailVerifiedAt !== null,
  };
  return { accountId: id, claims: () => Promise.resolve(claims) };
}

/** The portal is the brand's own: signing in is consent enough, so its grant is made without asking. */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { oidc } = ctx;
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const known = oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const existing = known ? await provider.Grant.find(known) : undefined;
  if (existing || client.clientId !== PORTAL_CLIENT_ID) return existing;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(PORTAL_OIDC_SCOPE);
  grant.addResourceScope(API_RESOURCE, API_SCOPE);
  await grant.save();
  return grant;
}

async function extraClaims(
  { sql }: IssuerParts,
  ctx: KoaContextWithOIDC,
  token: { kind: string; clientId?: string | undefined; accountId?: string | undefined },
) {
  const subject =
    token.kind === 'ClientCredentials'
      ? await findApiClient(sql, token.clientId ?? '')
      : token.accountId
        ? await findUserById(sql, token.accountId)
        : undefined;
  return subject && { role: subject.role, agency_id: subject.agencyId, ...authenticationClaims(ctx) };
}

/** When and how the person behind a token signed in (RFC 9068, section 2.2.1): dangerous acts ask for a recent time. */
function authenticationClaims({ oidc: { entities } }: KoaContextWithOIDC): Record<string, unknown> {
  const proven = entities.AuthorizationCode ?? entities.RefreshToken ?? entities.DeviceCode;
  if (!proven?.authTime) return {};
  const { authTime, amr, acr } = proven;
  return { auth_time: authTime, ...(amr ? { amr } : {}), ...(acr ? { acr } : {}) };
}

function resourceServer(resource: string) {
  if (resource !== API_RESOURCE) throw new errors.InvalidTarget();
  return {
    scope: API_SCOPE,
    audience: API_RESOURCE,
    accessTokenTTL: ACCESS_TOKEN_SECONDS,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: 'ES256' as const } },
  };
}
