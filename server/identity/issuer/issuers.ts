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
/** A token may name a key that another process has just begun to sign with; made-up names must not make us ask the database each time. */
const KEYS_RECHECK_MS = 1000;

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
  const keySets = new LRUCache<string, { readAt: number; keys: Promise<KeyRow[]> }>({
    max: 2 * MAX_ISSUERS,
    ttl: KEYS_TTL_MS,
  });

  /** Public halves and states of the tenant's keys, at most ten seconds old. */
  function keysOf(tenant: Tenant): Promise<KeyRow[]> {
    return (keySets.get(tenant.id) ?? readKeys(tenant)).keys;
  }

  function readKeys(tenant: Tenant) {
    const entry = { readAt: Date.now(), keys: listKeys(deps.database.tenant(tenant)) };
    keySets.set(tenant.id, entry);
    entry.keys.catch(() => keySets.delete(tenant.id));
    return entry;
  }

  /** The published key of that name, also one that came into use a moment ago. */
  async function keyOf(tenant: Tenant, kid: string | undefined): Promise<KeyRow | undefined> {
    const known = (await keysOf(tenant)).find((key) => key.kid === kid);
    if (known || Date.now() - (keySets.get(tenant.id)?.readAt ?? 0) < KEYS_RECHECK_MS) return known;
    return (await readKeys(tenant).keys).find((key) => key.kid === kid);
  }

  return {
    keyOf,
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
