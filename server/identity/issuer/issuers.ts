import { LRUCache } from 'lru-cache';
import Provider from 'oidc-provider';
import type { Vault } from '../../kernel/crypto/vault.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { Logger } from '../../kernel/logging/logger.ts';
import type { Redis } from '../../kernel/redis.ts';
import { issuerConfiguration, type IssuerPages } from './configuration.ts';
import { issuerOf } from './resource.ts';
import { listKeys, openKey, type KeyRow } from './signing-keys.ts';

/** One instance keeps some 80 KiB once it has served every kind of request. */
const MAX_ISSUERS = 500;
const KEYS_TTL_MS = 10_000;

export interface Issuer {
  readonly provider: Provider;
  readonly handle: ReturnType<Provider['callback']>;
}

interface Made {
  fingerprint: string;
  issuer: Promise<Issuer>;
}

/**
 * One oidc-provider for each brand, made when first asked for and again when the keys or the brand's address change. A request keeps the
 * instance it began with, so dropping one is safe at any time.
 */
export function createIssuers(deps: { database: Database; redis: Redis; vault: Vault; log: Logger; pages: IssuerPages }) {
  const instances = new LRUCache<string, Made>({ max: MAX_ISSUERS });
  const keySets = new LRUCache<string, Promise<KeyRow[]>>({ max: 2 * MAX_ISSUERS, ttl: KEYS_TTL_MS });

  /** Public halves and states of the tenant's keys, at most ten seconds old. */
  function keysOf(tenant: Tenant): Promise<KeyRow[]> {
    let keys = keySets.get(tenant.id);
    if (!keys) {
      keys = listKeys(deps.database.tenant(tenant));
      keySets.set(tenant.id, keys);
      keys.catch(() => keySets.delete(tenant.id));
    }
    return keys;
  }

  function make(tenant: Tenant, brand: Brand, rows: KeyRow[]): Issuer {
    if (rows.length === 0) throw new Error(`Tenant ${tenant.slug} has no signing key: provision it again`);
    const vault = deps.vault.forTenant(tenant.id, tenant.wrappedDataKey);
    const keys = rows.map((row) => openKey(vault, row));
    const sql = deps.database.tenant(tenant);
    const provider = new Provider(issuerOf(brand), issuerConfiguration({ tenant, brand, sql, redis: deps.redis, vault, keys, pages: deps.pages }));
    // Absolute URLs and secure cookies follow the headers `pinOrigin` wrote, which are ours.
    provider.proxy = true;
    provider.on('server_error', (_ctx, err) => deps.log.error({ err, 'tenant.id': tenant.id }, 'The issuer failed'));
    const refused = (_ctx: unknown, err: Error) => deps.log.info({ err, 'tenant.id': tenant.id }, 'The issuer refused a request');
    provider.on('authorization.error', refused);
    provider.on('grant.error', refused);
    provider.on('end_session.error', refused);
    return { provider, handle: provider.callback() };
  }

  return {
    keysOf,
    async get(tenant: Tenant, brand: Brand): Promise<Issuer> {
      const rows = await keysOf(tenant);
      const slot = `${tenant.id}:${brand.id}`;
      const fingerprint = [brand.origin, brand.agencyId, brand.name, ...rows.map((row) => `${row.kid}.${row.state}`)].join('|');
      const known = instances.get(slot);
      if (known?.fingerprint === fingerprint) return known.issuer;
      const issuer = Promise.resolve().then(() => make(tenant, brand, rows));
      instances.set(slot, { fingerprint, issuer });
      issuer.catch(() => instances.delete(slot));
      return issuer;
    },
  };
}

export type Issuers = ReturnType<typeof createIssuers>;
