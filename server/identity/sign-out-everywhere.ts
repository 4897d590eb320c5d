import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef } from '../kernel/database/sql.ts';
import type { Redis } from '../kernel/redis.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { accountIndexKey } from './issuer/stored-artifacts.ts';
import type { PortalSessions } from './portal/sessions.ts';

export type SignOutEverywhere = (tenant: TenantRef, userId: string) => Promise<void>;

/** Ends a person's sessions at every brand and every issuer of the tenant, and the grants and refresh tokens behind them. */
export function createSignOutEverywhere(deps: {
  database: Database;
  redis: Redis;
  sessions: PortalSessions;
  actors: ActorLookup;
}): SignOutEverywhere {
  return async (tenant, userId) => {
    deps.actors.dropUser(tenant, userId);
    await deps.database
      .tenant(tenant)
      .run(q('oidc_artifacts').whereRaw(`payload ->> 'accountId' = ?`, [userId]).delete());
    const index = accountIndexKey(tenant, userId);
    const issuerSessions = await deps.redis.smembers(index);
    await deps.redis.del(index, ...issuerSessions);
    await deps.sessions.endAll(tenant, userId);
  };
}
