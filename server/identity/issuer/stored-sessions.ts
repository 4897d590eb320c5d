import type { TenantRef, TenantSql } from '../../kernel/database/sql.ts';
import type { Redis } from '../../kernel/redis.ts';
import { queueLogout } from './back-channel-logout.ts';
import { isFirstParty } from './first-party.ts';
import { accountIndexKey } from './stored-artifacts.ts';

/** What a person's session at an issuer gave to one client. */
interface Authorization {
  readonly clientId: string;
  readonly sid?: string;
  readonly grantId?: string;
}

/** A session at the issuer of some brand, as it is stored. */
export interface StoredSession {
  readonly key: string;
  readonly brandId: string;
  readonly authorizations: readonly Authorization[];
}

/** A person's sessions at every issuer of the tenant, and the names of those that have run out. */
export async function readStoredSessions(
  redis: Redis,
  tenant: TenantRef,
  accountId: string,
): Promise<{ live: StoredSession[]; gone: string[] }> {
  const keys = await redis.smembers(accountIndexKey(tenant, accountId));
  const stored = await Promise.all(keys.map((key) => redis.hmget(key, 'payload', 'brand')));
  const live = stored.flatMap(([payload, brandId], at) => {
    if (!payload) return [];
    const { authorizations = {} } = JSON.parse(payload) as {
      authorizations?: Record<string, Omit<Authorization, 'clientId'>>;
    };
    const given = Object.entries(authorizations).map(([clientId, authorization]) => ({ clientId, ...authorization }));
    return [{ key: keys[at] ?? '', brandId: brandId ?? '', authorizations: given }];
  });
  return { live, gone: keys.filter((_key, at) => !stored[at]?.[0]) };
}

/** Notes that the applications of others in these sessions must be told of their end; the portals' own sessions are ended beside. */
export async function queueLogouts(sql: TenantSql, accountId: string, ended: readonly StoredSession[]): Promise<void> {
  for (const { brandId, authorizations } of ended)
    for (const { clientId, sid } of authorizations)
      if (sid && brandId && !isFirstParty(clientId))
        await queueLogout(sql, { id: brandId }, { clientId, accountId, sid });
}
