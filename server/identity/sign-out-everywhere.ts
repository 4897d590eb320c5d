import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef } from '../kernel/database/sql.ts';
import type { Redis } from '../kernel/redis.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { accountIndexKey } from './issuer/stored-artifacts.ts';
import { queueLogouts, readStoredSessions } from './issuer/stored-sessions.ts';
import type { PortalSessions } from './portal/sessions.ts';

export type SignOutEverywhere = (tenant: TenantRef, userId: string) => Promise<void>;

/**
 * Ends a person's sessions at every brand and every issuer of the tenant, and the grants and refresh tokens behind them. Applications of others
 * that wish to are told by a worker.
 */
export function createSignOutEverywhere(deps: {
  database: Database;
  redis: Redis;
  sessions: PortalSessions;
  actors: ActorLookup;
}): SignOutEverywhere {
  return async (tenant, userId) => {
    deps.actors.dropUser(tenant, userId);
    const { live } = await readStoredSessions(deps.redis, tenant, userId);
    await deps.database.withTenant(tenant, async (sql) => {
      await sql.run(q('oidc_artifacts').whereRaw(`payload ->> 'accountId' = ?`, [userId]).delete());
      await queueLogouts(sql, userId, live);
    });
    await deps.redis.del(accountIndexKey(tenant, userId), ...live.map(({ key }) => key));
    await deps.sessions.endAll(tenant, userId);
  };
}
