import { digest } from '../kernel/crypto/vault.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand } from '../kernel/http/context.ts';
import { tenantKey, type Redis } from '../kernel/redis.ts';

const SECONDS = 900;
const SECRET = 'sign-in.totp';

/** What a sign-in has proven so far, while it waits for the second factor. */
export interface SignInProgress {
  userId: string;
  /** By what the person proved itself so far (RFC 8176). */
  methods: string[];
  remember: boolean;
  /** `code`: a code is asked; `enrol`: the reseller asks for a second factor and the person has none yet. */
  stage: 'code' | 'enrol';
  /** Secret of the app that is being set up, while `stage` is `enrol`. */
  secret?: string;
}

/** Sign-ins under way, in Redis under tenant and brand, for fifteen minutes. The name of one is the issuer's interaction. */
export function createSignInProgress(redis: Redis) {
  const keyOf = (sql: TenantSql, brand: Brand, uid: string) => tenantKey(sql.tenant, 'sign-in', brand.id, digest(uid));
  return {
    async read(sql: TenantSql, brand: Brand, uid: string): Promise<SignInProgress | undefined> {
      const text = await redis.get(keyOf(sql, brand, uid));
      if (!text) return undefined;
      const stored = JSON.parse(text) as SignInProgress;
      return stored.secret ? { ...stored, secret: sql.vault.open(SECRET, stored.secret, stored.userId) } : stored;
    },
    async write(sql: TenantSql, brand: Brand, uid: string, progress: SignInProgress): Promise<void> {
      const sealed = progress.secret ? { secret: sql.vault.seal(SECRET, progress.secret, progress.userId) } : {};
      await redis.set(keyOf(sql, brand, uid), JSON.stringify({ ...progress, ...sealed }), 'EX', SECONDS);
    },
    drop: async (sql: TenantSql, brand: Brand, uid: string): Promise<void> =>
      void (await redis.del(keyOf(sql, brand, uid))),
  };
}
