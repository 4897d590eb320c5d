import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { Redis } from '../kernel/redis.ts';
import { accountIndexKey } from './issuer/stored-artifacts.ts';
import { queueLogouts, readStoredSessions } from './issuer/stored-sessions.ts';
import type { SessionView } from './portal/session.ts';
import type { PortalSessions } from './portal/sessions.ts';

interface Deps {
  database: Database;
  redis: Redis;
  sessions: PortalSessions;
}

/**
 * Ends sessions of a person from outside of them. The issuer's session behind each goes too, with its grants: else that browser would
 * be signed in again without being asked. Applications of others in that session are told by a worker.
 */
export function createEndSessions({ database, redis, sessions }: Deps) {
  async function endAtIssuer(tenant: Tenant, userId: string, ended: readonly SessionView[]): Promise<void> {
    const sids = new Set(ended.map((session) => session.issuerSessionId));
    const { live, gone } = await readStoredSessions(redis, tenant, userId);
    const ending = live.filter(({ authorizations }) => authorizations.some(({ sid }) => sids.has(sid ?? '')));
    const grants = ending.flatMap(({ authorizations }) => authorizations.flatMap(({ grantId }) => grantId ?? []));
    await database.withTenant(tenant, async (sql) => {
      await sql.run(
        q('oidc_artifacts')
          .whereIn('grant_id', grants)
          .orWhere((grant) => void grant.where({ model: 'Grant' }).whereIn('id', grants.map(digest)))
          .delete(),
      );
      await queueLogouts(sql, userId, ending);
    });
    const forgotten = [...ending.map(({ key }) => key), ...gone];
    if (forgotten.length === 0) return;
    await redis
      .multi()
      .del(...forgotten)
      .srem(accountIndexKey(tenant, userId), ...forgotten)
      .exec();
  }

  const endWhere = async (tenant: Tenant, userId: string, matches: (session: SessionView) => boolean) => {
    const ended = await sessions.endWhere(tenant, userId, matches);
    if (ended.length > 0) await endAtIssuer(tenant, userId, ended);
    return ended.length;
  };

  return {
    /** Ends one session by its public id; false when the person has none of that id. */
    endOne: async (tenant: Tenant, userId: string, sessionId: string): Promise<boolean> =>
      (await endWhere(tenant, userId, (session) => session.id === sessionId)) > 0,
    /** Ends all sessions of a person but one; answers how many. */
    endOthers: (tenant: Tenant, userId: string, keptId: string): Promise<number> =>
      endWhere(tenant, userId, (session) => session.id !== keptId),
  };
}

export type EndSessions = ReturnType<typeof createEndSessions>;
