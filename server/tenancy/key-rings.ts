import type { Vault } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { Conflict } from '../kernel/errors.ts';
import { must } from '../kernel/must.ts';
import { findTenantById } from './repository.ts';

type RingChange = (tenantId: string, stored: string, now: Date) => string;

interface Deps {
  database: Database;
  vault: Vault;
  /** Makes every process forget what it knows of a host, and so the keys it came with. */
  invalidateHost: (hostname: string) => Promise<void>;
}

/**
 * Changes a tenant's stored keys, by compare-and-set: of two at once one fails and has changed nothing. Every process learns of it at once,
 * or after `SITE_TTL_SECONDS` when it was not reached.
 */
export async function changeRing(deps: Deps, tenantId: string, change: RingChange, at: Date): Promise<Tenant> {
  const { database } = deps;
  const before = must(await findTenantById(database.platform, tenantId), `the tenant ${tenantId}`);
  const changed = change(tenantId, before.wrappedDataKey, at);
  const written = await database.platform.run(
    q('platform.tenants')
      .where({ id: tenantId, wrapped_data_key: before.wrappedDataKey })
      .update({ wrapped_data_key: changed, updated_at: q.fn.now() }),
  );
  if (written !== 1)
    throw Conflict({ detail: `The keys of ${before.slug} are being changed by somebody else. Try again.` });
  const hosts = await database.platform.all<{ hostname: string }>(
    q('platform.domains').where({ tenant_id: tenantId }).select('hostname'),
  );
  for (const { hostname } of hosts) await deps.invalidateHost(hostname);
  return { ...before, wrappedDataKey: changed };
}
