import { setTimeout as pause } from 'node:timers/promises';
import { DESTROYED } from '../kernel/crypto/vault.ts';
import { countStale, resealTables, type ResealResult } from '../kernel/crypto/reseal.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { changeRing, findTenantBySlug, listTenants, SITE_TTL_SECONDS } from '../tenancy/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import { sealedTables } from './sealed-tables.ts';

type Infra = Pick<Infrastructure, 'database' | 'vault' | 'clock'>;

export interface RotationDeps {
  infra: Infra;
  invalidateHost: (hostname: string) => Promise<void>;
  /** Time for processes to learn of a new key before it is used (seconds). */
  settleSeconds?: number;
  onStart?: (rows: number) => void;
  onRows?: (rows: number) => void;
}

/** Keys that were replaced are kept this long: sessions and cookies sealed with them end by themselves within it. */
export const KEEP_REPLACED_DAYS = 31;

/**
 * A new data key for a tenant, while it serves: (1) the key is added, and every process learns of it; (2) new values are sealed with it;
 * (3) old ones are sealed anew in batches. Killed anywhere, the same call goes on: a key that was added and not used is used, rows that are
 * left are sealed. The key before stays readable until it is dropped.
 */
export async function rotateDataKey(deps: RotationDeps, tenant: Tenant): Promise<ResealResult & { version: number }> {
  const { database, vault, clock } = deps.infra;
  const settle = () => pause((deps.settleSeconds ?? SITE_TTL_SECONDS + 5) * 1000);
  const ring = { database, vault, invalidateHost: deps.invalidateHost };

  const { current, versions } = vault.rings.describe(tenant.id, tenant.wrappedDataKey);
  const isUnderWay = versions.at(-1) !== current || (await countStale(database.tenant(tenant), sealedTables)) > 0;
  let now = tenant;
  if (!isUnderWay) now = await changeRing(ring, tenant.id, vault.rings.addKey, clock.now());
  const { current: before, versions: known } = vault.rings.describe(tenant.id, now.wrappedDataKey);
  if (known.at(-1) !== before) {
    await settle();
    now = await changeRing(ring, tenant.id, vault.rings.useNewest, clock.now());
    // Who has not heard of it yet still seals with the key before: those rows are found below.
    await settle();
  }
  return { ...(await sealWhatIsLeft(deps, now)), version: vault.rings.describe(now.id, now.wrappedDataKey).current };
}

/** Seals what is stored in clear or with an older key. */
export async function sealWhatIsLeft(
  deps: Pick<RotationDeps, 'onStart' | 'onRows'> & { infra: Pick<Infra, 'database'> },
  tenant: Tenant,
): Promise<ResealResult> {
  const { database } = deps.infra;
  deps.onStart?.(await countStale(database.tenant(tenant), sealedTables));
  return resealTables(database, tenant, sealedTables, deps.onRows);
}

/** Drops data keys that were replaced before a moment, unless rows still need them. Answers whether it did. */
export async function dropReplacedKeys(
  deps: Pick<RotationDeps, 'infra' | 'invalidateHost'>,
  tenant: Tenant,
  before: Date,
): Promise<boolean> {
  const { database, vault } = deps.infra;
  const { replaced } = vault.rings.describe(tenant.id, tenant.wrappedDataKey);
  if (!Object.values(replaced).some((at) => new Date(at) <= before)) return false;
  if ((await countStale(database.tenant(tenant), sealedTables)) > 0) return false;
  await changeRing(
    { database, vault, invalidateHost: deps.invalidateHost },
    tenant.id,
    vault.rings.dropReplaced,
    before,
  );
  return true;
}

/** Wraps the keys of every tenant with the current master key. Rows stay as they are. Answers how many tenants. */
export async function rewrapAll(deps: Pick<RotationDeps, 'infra' | 'invalidateHost' | 'onStart' | 'onRows'>) {
  const { database, vault, clock } = deps.infra;
  const tenants = (await listTenants(database.platform)).filter(({ state }) => state !== 'deleted');
  deps.onStart?.(tenants.length);
  for (const { slug } of tenants) {
    const tenant = await findTenantBySlug(database.platform, slug);
    if (tenant && tenant.wrappedDataKey !== DESTROYED)
      await changeRing(
        { database, vault, invalidateHost: deps.invalidateHost },
        tenant.id,
        vault.rings.rewrap,
        clock.now(),
      );
    deps.onRows?.(1);
  }
  return tenants.length;
}

/** Destroys a tenant's keys: nothing sealed of it opens any more, here or in a backup that lacks the control plane. Cannot be undone. */
export async function destroyKeys(deps: Pick<RotationDeps, 'infra' | 'invalidateHost'>, tenant: Tenant): Promise<void> {
  const { database, vault, clock } = deps.infra;
  await changeRing({ database, vault, invalidateHost: deps.invalidateHost }, tenant.id, () => DESTROYED, clock.now());
}
