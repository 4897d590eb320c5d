import { LRUCache } from 'lru-cache';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import type { Issuer, IssuerDeps } from './make-issuer.ts';
import { listKeys, type KeyRow } from './signing-keys.ts';

export type { Issuer } from './make-issuer.ts';

/** The provider's code is loaded by processes that serve sign-ins, not by workers or the command line. */
const loadMaker = () => import('./make-issuer.ts');

/** One instance keeps some 80 KiB once it has served every kind of request. */
const MAX_ISSUERS = 500;
const KEYS_TTL_MS = 10_000;

interface Made {
  fingerprint: string;
  issuer: Promise<Issuer>;
}

/**
 * One oidc-provider for each brand, made when first asked for and again when the keys or the brand's address change. A request keeps the
 * instance it began with, so dropping one is safe at any time.
 */
export function createIssuers(deps: IssuerDeps) {
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

  return {
    keysOf,
    /** Loads the provider ahead of the first sign-in. */
    warm: async (): Promise<void> => void (await loadMaker()),
    async get(tenant: Tenant, brand: Brand): Promise<Issuer> {
      const rows = await keysOf(tenant);
      const slot = `${tenant.id}:${brand.id}`;
      const fingerprint = [
        brand.origin,
        brand.agencyId,
        brand.name,
        ...rows.map((row) => `${row.kid}.${row.state}`),
      ].join('|');
      const known = instances.get(slot);
      if (known?.fingerprint === fingerprint) return known.issuer;
      const issuer = loadMaker().then(({ makeIssuer }) => makeIssuer(deps, tenant, brand, rows));
      instances.set(slot, { fingerprint, issuer });
      issuer.catch(() => instances.delete(slot));
      return issuer;
    },
  };
}

export type Issuers = ReturnType<typeof createIssuers>;
