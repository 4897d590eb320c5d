import { digest, type Vault } from '../../kernel/crypto/vault.ts';
import type { TenantRef } from '../../kernel/database/sql.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { newSecret } from '../../kernel/ids.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';
import type { Tokens } from './relying-party.ts';

const IDLE_SECONDS = 8 * 3600;
const ABSOLUTE_SECONDS = 7 * 24 * 3600;
const TOKENS_COLUMN = 'session.tokens';

/** A browser's session at one brand. Tokens never reach the browser. */
export interface PortalSession {
  /** Digest of the cookie's value: the value itself is stored nowhere. */
  readonly key: string;
  readonly userId: string;
  readonly brandId: string;
  readonly csrfToken: string;
  readonly createdAt: number;
  readonly tokens: Tokens;
}

interface Stored extends Omit<PortalSession, 'key' | 'tokens'> {
  sealedTokens: string;
}

export type PortalSessions = ReturnType<typeof createPortalSessions>;

/** Sessions in Redis under the tenant's key: eight hours idle, seven days in all. */
export function createPortalSessions(deps: { redis: Redis; vault: Vault }) {
  const { redis } = deps;
  const sessionKey = (tenant: TenantRef, key: string) => tenantKey(tenant, 'session', key);
  const indexKey = (tenant: TenantRef, userId: string) => tenantKey(tenant, 'sessions-of', userId);
  const vaultOf = (tenant: Tenant) => deps.vault.forTenant(tenant.id, tenant.wrappedDataKey);

  const serialise = (tenant: Tenant, { key: _key, tokens, ...session }: PortalSession): string =>
    JSON.stringify({
      ...session,
      sealedTokens: vaultOf(tenant).seal(TOKENS_COLUMN, JSON.stringify(tokens)),
    } satisfies Stored);

  async function readByKey(tenant: Tenant, key: string): Promise<PortalSession | undefined> {
    const text = await redis.getex(sessionKey(tenant, key), 'EX', IDLE_SECONDS);
    if (!text) return undefined;
    const { sealedTokens, ...stored } = JSON.parse(text) as Stored;
    if (stored.createdAt + ABSOLUTE_SECONDS * 1000 <= Date.now()) {
      await redis.del(sessionKey(tenant, key));
      return undefined;
    }
    return { ...stored, key, tokens: JSON.parse(vaultOf(tenant).open(TOKENS_COLUMN, sealedTokens)) as Tokens };
  }

  return {
    readByKey,
    /** The session of a cookie's value; also puts off its idle end. */
    read: (tenant: Tenant, cookie: string): Promise<PortalSession | undefined> => readByKey(tenant, digest(cookie)),
    /** Starts a session under a fresh id and returns the value for the cookie. */
    async start(tenant: Tenant, started: { userId: string; brandId: string; tokens: Tokens }): Promise<string> {
      const cookie = newSecret();
      const session: PortalSession = { ...started, key: digest(cookie), csrfToken: newSecret(), createdAt: Date.now() };
      const index = indexKey(tenant, started.userId);
      const results = await redis
        .multi()
        .set(sessionKey(tenant, session.key), serialise(tenant, session), 'EX', IDLE_SECONDS)
        .sadd(index, session.key)
        .expire(index, ABSOLUTE_SECONDS)
        .exec();
      const failed = results?.find(([error]) => error)?.[0];
      if (failed) throw failed;
      return cookie;
    },
    /** Keeps new tokens; a session that ended meanwhile stays ended. */
    async update(tenant: Tenant, session: PortalSession): Promise<void> {
      await redis.set(sessionKey(tenant, session.key), serialise(tenant, session), 'EX', IDLE_SECONDS, 'XX');
    },
    async end(tenant: Tenant, session: Pick<PortalSession, 'key' | 'userId'>): Promise<void> {
      await redis
        .multi()
        .del(sessionKey(tenant, session.key))
        .srem(indexKey(tenant, session.userId), session.key)
        .exec();
    },
    /** Ends every session of a person, at every brand of the tenant. */
    async endAll(tenant: TenantRef, userId: string): Promise<void> {
      const keys = await redis.smembers(indexKey(tenant, userId));
      await redis.del(indexKey(tenant, userId), ...keys.map((key) => sessionKey(tenant, key)));
    },
    /** Runs `work` for one caller at a time over all processes; false when another is at it. */
    async exclusively(tenant: TenantRef, key: string, work: () => Promise<void>): Promise<boolean> {
      const lock = tenantKey(tenant, 'session-refresh', key);
      const owner = newSecret();
      if ((await redis.set(lock, owner, 'EX', 15, 'NX')) === null) return false;
      try {
        await work();
      } finally {
        await redis.eval(
          `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`,
          1,
          lock,
          owner,
        );
      }
      return true;
    },
  };
}
