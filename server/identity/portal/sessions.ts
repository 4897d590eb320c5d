import { setTimeout as sleep } from 'node:timers/promises';
import { digest, type Vault } from '../../kernel/crypto/vault.ts';
import type { TenantRef } from '../../kernel/database/sql.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { newId, newSecret } from '../../kernel/ids.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';
import type { Tokens } from './relying-party.ts';
import {
  ACTING_LIMITS,
  endsAt,
  toSessionView,
  type ActingFor,
  type PortalSession,
  type SessionStart,
  type SessionView,
} from './session.ts';

export type { PortalSession, SessionView } from './session.ts';

const TOKENS_COLUMN = 'session.tokens';
const SEEN_EVERY_MS = 60_000;
/** Sessions of one person over all brands; a further one ends the oldest. */
const MOST_PER_PERSON = 50;
const INDEX_SECONDS = 31 * 24 * 3600;
const LOCK_SECONDS = 15;

/** Writes fields of a session unless it ended meanwhile: an ended session never comes back. */
const WRITE_IF_LIVE = `if redis.call('exists', KEYS[1]) == 0 then return 0 end redis.call('hset', KEYS[1], unpack(ARGV, 2)) if ARGV[1] ~= '0' then redis.call('expire', KEYS[1], ARGV[1]) end return 1`;
const UNLOCK = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

type Fixed = Omit<PortalSession, 'key' | 'tokens' | 'lastSeenAt' | 'actingFor'>;
type Located = Pick<PortalSession, 'key' | 'userId' | 'issuer' | 'issuerSessionId'>;

export type PortalSessions = ReturnType<typeof createPortalSessions>;

/**
 * Sessions in Redis under the tenant's key, a hash each: what never changes, the sealed tokens, when it was last seen, for whom it
 * acts. Fields are written one by one, so that noting a visit cannot overwrite fresh tokens.
 */
export function createPortalSessions(deps: { redis: Redis; vault: Vault }) {
  const { redis } = deps;
  const sessionKey = (tenant: TenantRef, key: string) => tenantKey(tenant, 'session', key);
  const personIndex = (tenant: TenantRef, userId: string) => tenantKey(tenant, 'sessions-of', userId);
  const issuerIndex = (tenant: TenantRef, issuer: string, sid: string) =>
    tenantKey(tenant, 'sessions-by-sid', digest(`${issuer} ${sid}`));
  const vaultOf = (tenant: Tenant) => deps.vault.forTenant(tenant.id, tenant.wrappedDataKey);
  const sealTokens = (tenant: Tenant, tokens: Tokens) => vaultOf(tenant).seal(TOKENS_COLUMN, JSON.stringify(tokens));
  const writeIfLive = async (tenant: TenantRef, key: string, ttlSeconds: number, ...fields: string[]) =>
    (await redis.eval(WRITE_IF_LIVE, 1, sessionKey(tenant, key), ttlSeconds, ...fields)) === 1;

  async function peek(tenant: Tenant, key: string): Promise<PortalSession | undefined> {
    const [fixed, tokens, seen, acting] = await redis.hmget(
      sessionKey(tenant, key),
      'session',
      'tokens',
      'seen',
      'acting',
    );
    if (!fixed || !tokens) return undefined;
    const session: PortalSession = {
      ...(JSON.parse(fixed) as Fixed),
      key,
      lastSeenAt: Number(seen),
      tokens: JSON.parse(vaultOf(tenant).open(TOKENS_COLUMN, tokens)) as Tokens,
    };
    if (endsAt(session) <= Date.now()) {
      await end(tenant, session);
      return undefined;
    }
    const actingFor = acting ? (JSON.parse(acting) as ActingFor) : undefined;
    return actingFor && goesOn(actingFor, session.lastSeenAt) ? { ...session, actingFor } : session;
  }

  async function readByKey(tenant: Tenant, key: string): Promise<PortalSession | undefined> {
    const session = await peek(tenant, key);
    const now = Date.now();
    if (!session || now - session.lastSeenAt < SEEN_EVERY_MS) return session;
    // Before the visit is noted: it would take up again what ended for want of visits.
    if (!session.actingFor) await stopActing(tenant, session);
    await writeIfLive(tenant, key, idleSecondsLeft(session, now), 'seen', String(now));
    return { ...session, lastSeenAt: now };
  }

  /** Leaves the session to its own person. */
  const stopActing = (tenant: TenantRef, { key }: Pick<PortalSession, 'key'>): Promise<number> =>
    redis.hdel(sessionKey(tenant, key), 'acting');

  async function write(tenant: Tenant, session: PortalSession): Promise<void> {
    const { key, tokens, lastSeenAt, actingFor, ...fixed } = session;
    const at = sessionKey(tenant, key);
    const person = personIndex(tenant, session.userId);
    const commands = redis
      .multi()
      .hset(at, {
        session: JSON.stringify(fixed satisfies Fixed),
        tokens: sealTokens(tenant, tokens),
        seen: lastSeenAt,
        ...(actingFor ? { acting: JSON.stringify(actingFor) } : {}),
      })
      .expire(at, idleSecondsLeft(session, Date.now()))
      .zadd(person, session.startedAt, key)
      .expire(person, INDEX_SECONDS);
    if (session.issuerSessionId) {
      const index = issuerIndex(tenant, session.issuer, session.issuerSessionId);
      commands.sadd(index, key).expire(index, INDEX_SECONDS);
    }
    const failed = (await commands.exec())?.find(([error]) => error)?.[0];
    if (failed) throw failed;
  }

  async function end(tenant: TenantRef, session: Located): Promise<void> {
    const commands = redis
      .multi()
      .del(sessionKey(tenant, session.key))
      .zrem(personIndex(tenant, session.userId), session.key);
    if (session.issuerSessionId)
      commands.srem(issuerIndex(tenant, session.issuer, session.issuerSessionId), session.key);
    await commands.exec();
  }

  /** Live sessions of a person, newest first; forgets those that have run out. */
  async function liveOf(tenant: Tenant, userId: string): Promise<PortalSession[]> {
    const index = personIndex(tenant, userId);
    const keys = await redis.zrevrange(index, '0', '-1');
    const found = await Promise.all(keys.map((key) => peek(tenant, key)));
    const gone = keys.filter((_key, at) => !found[at]);
    if (gone.length > 0) await redis.zrem(index, ...gone);
    return found.filter((session) => session !== undefined);
  }

  /** Runs `work` for one caller at a time over all processes; false when another is at it. */
  async function exclusively(tenant: TenantRef, key: string, work: () => Promise<void>): Promise<boolean> {
    const lock = tenantKey(tenant, 'session-refresh', key);
    const owner = newSecret();
    if ((await redis.set(lock, owner, 'EX', LOCK_SECONDS, 'NX')) === null) return false;
    try {
      await work();
    } finally {
      await redis.eval(UNLOCK, 1, lock, owner);
    }
    return true;
  }

  return {
    readByKey,
    exclusively,
    end,
    stopActing,
    /** The session of a cookie's value; also puts off its idle end. */
    read: (tenant: Tenant, cookie: string): Promise<PortalSession | undefined> => readByKey(tenant, digest(cookie)),
    /** Starts a session under a fresh id and returns the value for the cookie. */
    async start(tenant: Tenant, started: SessionStart): Promise<string> {
      const cookie = newSecret();
      const now = Date.now();
      const fresh = { id: newId(), key: digest(cookie), csrfToken: newSecret(), startedAt: now, lastSeenAt: now };
      await write(tenant, { ...started, ...fresh });
      const surplus = await redis.zrange(personIndex(tenant, started.userId), '0', String(-(MOST_PER_PERSON + 1)));
      for (const key of surplus)
        await end(tenant, (await peek(tenant, key)) ?? { ...started, key, issuerSessionId: null });
      return cookie;
    },
    /**
     * Gives a session a new cookie and CSRF token, for any change of what it may do, and returns the cookie's value; undefined when
     * it ended meanwhile. Waits for a refresh under way, whose tokens would be lost else.
     */
    async rotate(
      tenant: Tenant,
      session: PortalSession,
      change: {
        actingFor?: ActingFor | null;
        authenticatedAt?: number;
        methods?: readonly string[];
        membershipId?: string | null;
      } = {},
    ): Promise<string | undefined> {
      const cookie = newSecret();
      let rotated = false;
      const move = async () => {
        const current = await peek(tenant, session.key);
        if (!current) return;
        const { actingFor: before, ...kept } = current;
        const { actingFor = before, ...changed } = change;
        await write(tenant, {
          ...kept,
          ...changed,
          ...(actingFor ? { actingFor } : {}),
          key: digest(cookie),
          csrfToken: newSecret(),
        });
        await end(tenant, current);
        rotated = true;
      };
      for (let waited = 0; waited < LOCK_SECONDS * 1000; waited += 50) {
        if (await exclusively(tenant, session.key, move)) break;
        await sleep(50);
      }
      return rotated ? cookie : undefined;
    },
    /** Keeps new tokens; a session that ended meanwhile stays ended. */
    async update(tenant: Tenant, session: PortalSession): Promise<void> {
      await writeIfLive(tenant, session.key, 0, 'tokens', sealTokens(tenant, session.tokens));
    },
    /** Ends the session of a cookie's value, if it is one. */
    async endByCookie(tenant: Tenant, cookie: string): Promise<void> {
      const session = await peek(tenant, digest(cookie));
      if (session) await end(tenant, session);
    },
    /** A person's live session by its public id. */
    find: async (tenant: Tenant, userId: string, id: string): Promise<PortalSession | undefined> =>
      (await liveOf(tenant, userId)).find((session) => session.id === id),
    /** A person's live sessions at every brand of the tenant, newest first. */
    list: async (tenant: Tenant, userId: string): Promise<SessionView[]> =>
      (await liveOf(tenant, userId)).map(toSessionView),
    /** Ends a person's sessions that match; answers those it ended. */
    async endWhere(tenant: Tenant, userId: string, matches: (session: SessionView) => boolean): Promise<SessionView[]> {
      const ended = (await liveOf(tenant, userId)).filter(matches);
      for (const session of ended) await end(tenant, session);
      return ended.map(toSessionView);
    },
    /** Ends every session of a person, at every brand of the tenant. */
    async endAll(tenant: TenantRef, userId: string): Promise<void> {
      const index = personIndex(tenant, userId);
      const keys = await redis.zrange(index, '0', '-1');
      await redis.del(index, ...keys.map((key) => sessionKey(tenant, key)));
    },
    /** Sessions that an issuer's session (`sid`) made: what its back-channel logout ends. */
    async findByIssuerSession(tenant: Tenant, issuer: string, sid: string): Promise<PortalSession[]> {
      const keys = await redis.smembers(issuerIndex(tenant, issuer, sid));
      return (await Promise.all(keys.map((key) => peek(tenant, key)))).filter((session) => session !== undefined);
    },
  };
}

const goesOn = ({ until }: ActingFor, lastSeenAt: number): boolean =>
  Math.min(until, lastSeenAt + ACTING_LIMITS.idleSeconds * 1000) > Date.now();

/** Seconds until a session that is used now ends by itself. */
const idleSecondsLeft = (session: PortalSession, now: number): number =>
  Math.max(1, Math.min(session.limits.idleSeconds, Math.ceil((endsAt(session) - now) / 1000)));
