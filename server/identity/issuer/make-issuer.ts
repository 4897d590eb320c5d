import type Provider from 'oidc-provider';
import type { CustomFetch } from 'openid-client';
import type { Vault } from '../../kernel/crypto/vault.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { GuardedFetch } from '../../kernel/egress/guarded-fetch.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import type { Redis } from '../../kernel/redis.ts';
import type { ActorLookup } from '../actor-lookup.ts';
import { createBrandProvider } from './brand-provider.ts';
import { issuerConfiguration, type IssuerPages } from './configuration.ts';
import { endWithoutSession } from './end-without-session.ts';
import { tellThirdPartiesLater, type SendLogout } from './back-channel-logout.ts';
import { issuerOf } from './resource.ts';
import { createReuseGuard } from './refresh-reuse.ts';
import { openKey, type KeyRow } from './signing-keys.ts';

export interface Issuer {
  /** Tells an application that a session ended; throws when it does not answer as it should. */
  readonly sendLogout: SendLogout;
  readonly provider: Provider;
  readonly handle: ReturnType<Provider['callback']>;
}

export interface IssuerDeps {
  database: Database;
  redis: Redis;
  vault: Vault;
  log: Logger;
  pages: IssuerPages;
  selfFetch: CustomFetch;
  guardedFetch: GuardedFetch;
  /** Programs of the tenant, known a few seconds: each asks for a token again and again. */
  actors: Pick<ActorLookup, 'apiClient'>;
}

/** An oidc-provider for one brand, signing with its tenant's keys. @throws Error when the tenant has none */
export function makeIssuer(deps: IssuerDeps, tenant: Tenant, brand: Brand, rows: KeyRow[]): Issuer {
  if (rows.length === 0) throw new Error(`Tenant ${tenant.slug} has no signing key: provision it again`);
  const vault = deps.vault.forTenant(tenant.id, tenant.wrappedDataKey);
  const keys = rows.map((row) => openKey(vault, row));
  const sql = deps.database.tenant(tenant);
  const provider = createBrandProvider(
    issuerOf(brand),
    issuerConfiguration({
      tenant,
      brand,
      sql,
      redis: deps.redis,
      vault,
      keys,
      pages: deps.pages,
      selfFetch: deps.selfFetch,
      guardedFetch: deps.guardedFetch,
      findProgram: (clientId) => deps.actors.apiClient(tenant, clientId),
      revokeFamily: createReuseGuard(deps, tenant, brand),
    }),
    deps.pages.formPost,
  );
  // Absolute URLs and secure cookies follow the headers `pinOrigin` wrote, which are ours.
  provider.proxy = true;
  provider.on('server_error', (_ctx, err) => deps.log.error({ err, 'tenant.id': tenant.id }, 'The issuer failed'));
  const refused = (_ctx: unknown, err: Error) =>
    deps.log.info({ err, 'tenant.id': tenant.id }, 'The issuer refused a request');
  provider.on('authorization.error', refused);
  provider.on('grant.error', refused);
  provider.on('end_session.error', refused);
  provider.use(endWithoutSession);
  const sendLogout = tellThirdPartiesLater(provider, sql, brand);
  return { provider, handle: provider.callback(), sendLogout };
}
