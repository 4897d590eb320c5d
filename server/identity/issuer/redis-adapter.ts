import { accountIndexKey } from './stored-artifacts.ts';
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { digest } from '../../kernel/crypto/vault.ts';
import type { TenantRef } from '../../kernel/database/sql.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';

/** -1: unknown, 0: another redemption was first, 1: ours. */
const CONSUME = `if redis.call('exists', KEYS[1]) == 0 then return -1 end return redis.call('hsetnx', KEYS[1], 'consumed', ARGV[1])`;
const INDEX_TTL_SECONDS = 14 * 24 * 3600;

/**
 * What lives minutes and is asked for often: sessions at the issuer, interactions, codes. Tenant and issuer are part of every key, and
 * keys hold digests, so that neither another tenant's token nor a look at the key space opens anything.
 */
export function createRedisAdapter(deps: {
  redis: Redis;
  tenant: TenantRef;
  brandId: string;
  issuer: string;
  model: string;
  /** Told the grant when something is redeemed by two at once: the loser holds what the winner has used. */
  onLostRace?: (grantId: string) => Promise<unknown>;
}): Adapter {
  const { redis, tenant, model } = deps;
  const issuer = digest(deps.issuer).slice(0, 16);
  const keyOf = (kind: string, id: string) => tenantKey(tenant, 'oidc', issuer, model, kind, digest(id));

  const read = async (key: string): Promise<AdapterPayload | undefined> => {
    const stored = await redis.hgetall(key);
    if (!stored.payload) return undefined;
    const payload = JSON.parse(stored.payload) as AdapterPayload;
    return stored.consumed ? { ...payload, consumed: Number(stored.consumed) } : payload;
  };

  return {
    async upsert(id, payload, expiresIn) {
      const key = keyOf('id', id);
      const ttl = expiresIn && expiresIn > 0 ? expiresIn : 3600;
      const write = redis.multi().hset(key, 'payload', JSON.stringify(payload)).expire(key, ttl);
      if (payload.uid) write.set(keyOf('uid', payload.uid), key, 'EX', ttl);
      if (payload.userCode) write.set(keyOf('user-code', payload.userCode), key, 'EX', ttl);
      if (payload.grantId)
        write.sadd(keyOf('grant', payload.grantId), key).expire(keyOf('grant', payload.grantId), INDEX_TTL_SECONDS);
      if (model === 'Session' && payload.accountId) {
        write
          .hset(key, 'brand', deps.brandId)
          .sadd(accountIndexKey(tenant, payload.accountId), key)
          .expire(accountIndexKey(tenant, payload.accountId), INDEX_TTL_SECONDS);
      }
      const results = await write.exec();
      const failed = results?.find(([error]) => error)?.[0];
      if (failed) throw failed;
    },
    find: (id) => read(keyOf('id', id)),
    async findByUid(uid) {
      const key = await redis.get(keyOf('uid', uid));
      return key ? read(key) : undefined;
    },
    async findByUserCode(userCode) {
      const key = await redis.get(keyOf('user-code', userCode));
      return key ? read(key) : undefined;
    },
    async consume(id) {
      const won = await redis.eval(CONSUME, 1, keyOf('id', id), String(Math.floor(Date.now() / 1000)));
      if (won === 1) return;
      const grantId = (await read(keyOf('id', id)))?.grantId;
      if (grantId) await deps.onLostRace?.(grantId);
      throw new errors.InvalidGrant(`${model} already used`);
    },
    async destroy(id) {
      await redis.del(keyOf('id', id));
    },
    async revokeByGrantId(grantId) {
      const index = keyOf('grant', grantId);
      const keys = await redis.smembers(index);
      await redis.del(index, ...keys);
    },
  };
}
