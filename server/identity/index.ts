import type { Middleware } from 'koa';
import type { Clock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config.ts';
import type { TenantVault, Vault } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { GuardedFetch } from '../kernel/egress/guarded-fetch.ts';
import type { NameResolver } from '../kernel/egress/resolver.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import type { RateLimiter } from '../kernel/http/rate-limit.ts';
import type { Route } from '../kernel/http/route.ts';
import type { Consumer } from '../kernel/outbox/consumers.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import type { Redis } from '../kernel/redis.ts';
import { createActing, type Acting } from './acting/acting.ts';
import { createImpersonationPages } from './impersonation/impersonation-pages.ts';
import { issueImpersonationLink, type ImpersonationRequest } from './impersonation/issue-link.ts';
import { createTeller, type AroundIdentityEvent, type OnIdentityEvent } from './identity-event.ts';
import { createActorLookup } from './actor-lookup.ts';
import { createAuthenticator, type Authenticator } from './authenticate.ts';
import { commonBrandOf } from './administer-users.ts';
import { administratorsOf, type Administrator } from './administrators-of.ts';
import { reachablePerson, type ReachablePerson } from './reachable-person.ts';
import { createApiClient, type ApiClientInput } from './create-api-client.ts';
import { createUser, type UserInput } from './create-user.ts';
import { inviteUser, type InvitationInput, type InvitingBrand } from './invite-user.ts';
import { createEndSessions } from './end-session.ts';
import { createLogoutConsumer } from './issuer/back-channel-logout.ts';
import { createFederation } from './federation/index.ts';
import { federationRoutes } from './federation/routes.ts';
import { createIssuers } from './issuer/issuers.ts';
import { listKeyHistory, seedSigningKeys } from './issuer/signing-keys.ts';
import type { RotationReason, SigningKey } from './issuer/key-rotation.ts';
import { rotateKeys, type RotationResult } from './issuer/rotate-keys.ts';
import { purgeExpiredArtifacts } from './issuer/stored-artifacts.ts';
import { myRoutes } from './my-routes.ts';
import { identityMiddleware } from './middleware.ts';
import { createAgencyPages } from './pages/agency-pages.ts';
import { createAccountPages } from './pages/account-pages.ts';
import { createConsentPage } from './pages/consent-page.ts';
import { FORM_POST_SCRIPT, sendFormPostScript } from './pages/form-post.ts';
import { createIssuerPages } from './pages/issuer-pages.ts';
import { createPages, type PageThemes } from './pages/page.ts';
import { createPasskeyScript } from './pages/passkey-script.ts';
import { createSecurityPages } from './pages/security-page.ts';
import { createSignInPage } from './pages/sign-in-page.ts';
import { createSignInSteps } from './pages/sign-in-steps.ts';
import { createPasswordRules } from './password-rules.ts';
import { createPasswords } from './password.ts';
import { createBackchannelLogout } from './portal/backchannel-logout.ts';
import { createPortalPages } from './portal/portal-pages.ts';
import { createSessionRefresher } from './portal/refresh-session.ts';
import { createRelyingParty } from './portal/relying-party.ts';
import { createSelfFetch } from './portal/self-fetch.ts';
import { createPortalSessions } from './portal/sessions.ts';
import { registerCustomer, type Registration } from './register-customer.ts';
import { oauthClientRoutes } from './oauth-clients/routes.ts';
import { identityRoutes } from './routes.ts';
import { signInPolicyRoutes } from './sign-in-policy-routes.ts';
import { createSignOutEverywhere, type SignOutEverywhere } from './sign-out-everywhere.ts';

export { API_RESOURCE, issuerOf } from './issuer/resource.ts';
export type { RotationReason, SigningKey } from './issuer/key-rotation.ts';
export type { RotationResult } from './issuer/rotate-keys.ts';
export { listConsents } from './consents.ts';
export { eraseUser, purgePeople } from './erase-user.ts';
export {
  findOpenInvitation,
  findUserByEmail,
  findUserById,
  insertUser,
  openUser,
  selectUsers,
  updateUser,
} from './repository.ts';
export { hasEmail, hasName } from './sealed-people.ts';
export { normaliseEmail, type User } from './user.ts';
export { sealedTables as sealedPeople } from './sealed-people.ts';
export { seedProvider } from './federation/seed-provider.ts';
export { IMPERSONATION_MINUTES } from './impersonation/issue-link.ts';
export type { Acting } from './acting/acting.ts';
export { ActingNeedsSession, ActingNotHere, NobodyToActAs } from './acting/errors.ts';
export { ACTING_LIMITS } from './portal/session.ts';
export { STOP_ACTING_PATH } from './impersonation/impersonation-pages.ts';
export type { ApiClientInput } from './create-api-client.ts';
export type { AroundIdentityEvent, IdentityEvent, OnIdentityEvent } from './identity-event.ts';
export type { UserInput } from './create-user.ts';
export type { InvitationInput, InvitingBrand } from './invite-user.ts';

export interface IdentityDeps {
  config: Config;
  database: Database;
  redis: Redis;
  vault: Vault;
  clock: Clock;
  log: Logger;
  themes: PageThemes;
  rateLimiter: RateLimiter;
  /** For calls to addresses that a tenant chose. */
  guardedFetch: GuardedFetch;
  /** Hears of sign-ins, passwords and sessions; they are refused when it throws. Nobody listens when left out. */
  onIdentityEvent?: OnIdentityEvent;
  /** Stands around what no single transaction holds; tells `onIdentityEvent` afterwards when left out. */
  aroundIdentityEvent?: AroundIdentityEvent;
  /** Looks up the proof of a domain. */
  resolver: NameResolver;
  /** Port this process listens on, for the back channel to our own issuer; PORT when left out. */
  selfPort?: () => number;
}

export interface Identity {
  /** Expects `ctx.state` to hold tenant, brand, locale, nonce (of the CSP) and requestId. */
  middleware: Middleware;
  /** Who sends the request. @throws AppError 401 for a bearer token that is not accepted here. */
  authenticate: Authenticator['authenticate'];
  /** Turns a colleague's browser session into one that acts as a customer, and back. */
  acting: Acting;
  routes: Route[];
  /** Makes what a new tenant's issuers need: its ES256 signing keys. Idempotent. */
  seedTenant(sql: TenantSql, tenant: Pick<Tenant, 'id'>, vault: TenantVault): Promise<void>;
  /** Writes an invitation and the event that mails its link; may run in the caller's transaction. The caller has checked permissions. */
  inviteUser(
    sql: TenantSql,
    tenant: Pick<Tenant, 'id'>,
    brand: InvitingBrand,
    input: InvitationInput,
  ): Promise<{ invitationId: string; url: string; expiresAt: Date }>;
  /** A link that lets an operator of the platform act as a person, once and for minutes. @throws AppError for a wrong request */
  issueImpersonationLink(
    tenant: Tenant,
    brands: readonly Pick<Brand, 'id' | 'agencyId' | 'origin'>[],
    request: ImpersonationRequest,
  ): Promise<{ url: string; userId: string; linkExpiresAt: Date }>;
  /** Opens a customer's account at a brand; undefined when the address has one already. */
  registerCustomer(tenant: Tenant, brand: Brand, input: Registration): Promise<string | undefined>;
  /** Makes an account at once, its address proven: for seeds. @throws AppError when the address is taken. */
  createUser(sql: TenantSql, input: UserInput): Promise<{ id: string }>;
  /** Makes a client for client credentials; the secret is answered this once. */
  createApiClient(
    sql: TenantSql,
    vault: TenantVault,
    input: ApiClientInput,
  ): Promise<{ id: string; clientId: string; clientSecret: string }>;
  /** Ends every session, grant and refresh token of a person. */
  signOutEverywhere: SignOutEverywhere;
  /** Deletes expired grants and refresh tokens of a tenant; for a nightly job. */
  purgeExpired(sql: TenantSql): Promise<number>;
  signingKeys: {
    /** A tenant's keys with their states, the signing one first. */
    list(sql: TenantSql): Promise<SigningKey[]>;
    /** Moves the keys on, as far as the reason and the clock allow; answers what was done. Needs a transaction. */
    rotate(
      sql: TenantSql,
      tenant: Pick<Tenant, 'id' | 'wrappedDataKey'>,
      reason: RotationReason,
    ): Promise<RotationResult>;
  };
  /** Tells applications of third parties that sessions ended. */
  logoutConsumer(brandOf: (tenant: Tenant, brandId: string) => Promise<Brand | undefined>): Consumer;
  /** Who answers for an agency, or for the reseller (null), with the brand and origin where they sign in; for mails. */
  administratorsOf(sql: TenantSql, agencyId: string | null): Promise<Administrator[]>;
  /** Somebody who may be written to: active, with a proven address. */
  personOf(sql: TenantSql, userId: string): Promise<ReachablePerson | undefined>;
  /** Loads what the first sign-in needs; for a process that serves them. */
  warm(): Promise<void>;
}

/** Who is asking: an OpenID issuer for each brand, the portals' sessions, API clients, accounts and invitations. */
export function createIdentity(deps: IdentityDeps): Identity {
  const { config, database, redis, vault, clock, log, rateLimiter } = deps;
  const passwords = createPasswords();
  const passwordRules = createPasswordRules({ breachedDir: config.BREACHED_PASSWORDS_DIR });
  const pages = createPages({ themes: deps.themes, vault });
  const anyAddress = config.HOST === '0.0.0.0' || config.HOST === '::';
  const selfFetch = createSelfFetch({
    host: anyAddress ? '127.0.0.1' : config.HOST,
    port: deps.selfPort ?? (() => config.PORT),
  });
  const { guardedFetch } = deps;
  const actors = createActorLookup(database);
  const issuers = createIssuers({
    database,
    actors,
    redis,
    vault,
    log,
    selfFetch,
    guardedFetch,
    pages: createIssuerPages(pages),
  });
  const relyingParty = createRelyingParty({ vault, fetch: selfFetch });
  const sessions = createPortalSessions({ redis, vault });
  const onIdentityEvent: OnIdentityEvent = deps.onIdentityEvent ?? (() => Promise.resolve());
  const tellAfter: AroundIdentityEvent = async (tenant, event, work, endOf) => {
    const result = await work();
    await onIdentityEvent(database.tenant(tenant), endOf ? endOf(result) : event);
    return result;
  };
  const tell = createTeller({
    database,
    actors,
    onIdentityEvent,
    aroundIdentityEvent: deps.aroundIdentityEvent ?? tellAfter,
  });
  const signOutEverywhere = createSignOutEverywhere({ database, redis, sessions, actors });
  const refreshSession = createSessionRefresher({ sessions, relyingParty, log });
  const authenticator = createAuthenticator({
    config,
    database,
    redis,
    vault,
    issuers,
    sessions,
    refreshSession,
    actors,
  });
  const endSessions = createEndSessions({ database, redis, sessions });
  const federation = createFederation({
    pages,
    database,
    redis,
    vault,
    issuers,
    rateLimiter,
    clock,
    log,
    tell,
    signOutEverywhere,
    guardedFetch: deps.guardedFetch,
    allowHttp: config.EGRESS_ALLOW_PRIVATE,
  });
  const signIn = createSignInPage({
    issuers,
    pages,
    federation,
    tell,
    steps: createSignInSteps({ database, redis, passwords, rateLimiter, clock }),
  });
  const consent = createConsentPage({ issuers, pages });
  const account = { pages, tell, database, passwords, passwordRules, clock, rateLimiter, signOutEverywhere, actors };
  const impersonation = createImpersonationPages({
    pages,
    tell,
    database,
    sessions,
    authenticator,
    actors,
    rateLimiter,
    clock,
  });
  const table = {
    ...impersonation.table,
    ...federation.table,
    ...createAccountPages({ ...account, authenticator }),
    ...createAgencyPages({ ...account, authenticator, sessions }),
    ...createSecurityPages({ ...account, redis, sessions, endSessions, authenticator }),
    'POST /auth/backchannel-logout': createBackchannelLogout({ issuers, sessions, redis, log }),
    ...createPortalPages({
      pages,
      tell,
      sessions,
      relyingParty,
      authenticator,
      actors,
      vault,
      rateLimiter,
      log,
      stopActing: impersonation.stop,
    }),
    'GET /account/passkeys.js': createPasskeyScript(),
    [`GET ${FORM_POST_SCRIPT}`]: sendFormPostScript,
  };
  return {
    middleware: identityMiddleware({
      issuers,
      pages,
      rateLimiter,
      interact: async (ctx) => {
        if (ctx.path.endsWith('/sso')) return federation.sso(ctx);
        if (!(await consent(ctx))) await signIn(ctx);
      },
      isActing: async (ctx, { tenant, brand }) => {
        const session = await authenticator.sessionOf(ctx, tenant, brand);
        return Boolean(session?.operator ?? session?.actingFor);
      },
      table,
    }),
    authenticate: authenticator.authenticate,
    acting: createActing({
      sessions,
      actors,
      commonBrandOf: ({ sql, brand }) => commonBrandOf({ config, database })(sql, brand),
    }),
    routes: [
      ...identityRoutes({ config, database, vault, clock, actors, signOutEverywhere, sessions }),
      ...federationRoutes({
        database,
        guardedFetch: deps.guardedFetch,
        resolver: deps.resolver,
        allowHttp: config.EGRESS_ALLOW_PRIVATE,
      }),
      ...signInPolicyRoutes(),
      ...oauthClientRoutes({ database, vault, httpLogout: config.EGRESS_ALLOW_PRIVATE }),
      ...myRoutes({ database, redis, sessions, endSessions }),
    ],
    seedTenant: (sql, _tenant, tenantVault) => seedSigningKeys(sql, tenantVault),
    inviteUser: (sql, _tenant, brand, input) =>
      inviteUser({ clock, commonBrand: commonBrandOf({ config, database }) }, sql, brand, input),
    issueImpersonationLink: (tenant, brands, request) =>
      issueImpersonationLink({ database, clock }, tenant, brands, request),
    registerCustomer: (tenant, brand, input) =>
      registerCustomer({ database, passwords, clock }, { tenant, brand }, input),
    createUser: (sql, input) => createUser({ passwords }, sql, input),
    createApiClient,
    signOutEverywhere,
    purgeExpired: purgeExpiredArtifacts,
    signingKeys: {
      list: listKeyHistory,
      rotate: (sql, tenant, reason) =>
        rotateKeys({ clock, vault: vault.forTenant(tenant.id, tenant.wrappedDataKey) }, sql, reason),
    },
    logoutConsumer: (brandOf) => createLogoutConsumer({ issuers, log, brandOf }),
    administratorsOf: administratorsOf({ config, database }),
    personOf: reachablePerson,
    warm: issuers.warm,
  };
}
