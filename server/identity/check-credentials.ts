import type { Clock } from '../kernel/clock.ts';
import { q } from '../kernel/database/builder.ts';
import { digest } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { TooManyRequests, type RateLimiter } from '../kernel/http/rate-limit.ts';
import type { Passwords } from './password.ts';
import { findUserByEmail, updateUser, type UserRow } from './repository.ts';
import { isUsable, lockedUntil, mayUseBrand } from './user.ts';

/** Attempts of one address against all accounts, and of all addresses against one account. */
const PER_ADDRESS = { points: 100, seconds: 300 };
const PER_ACCOUNT = { points: 30, seconds: 300 };
/** Wrong passwords for one e-mail address, whether it has an account or not: the same answer as the account's own lock. */
const FAILURES = { points: 8, seconds: 300 };

export type CredentialsResult =
  { ok: true; userId: string } | { ok: false; reason: 'credentials_invalid' | 'too_many_attempts' };

interface Deps {
  database: Database;
  passwords: Passwords;
  rateLimiter: RateLimiter;
  clock: Clock;
}

/**
 * Checks e-mail address and password. Known, unknown, suspended and foreign accounts get the same answer after the same work; eight
 * wrong passwords lock for a time.
 */
export async function checkCredentials(
  deps: Deps,
  scope: { tenant: Tenant; brand: Brand },
  input: { email: string; password: string; ip: string },
): Promise<CredentialsResult> {
  const { tenant, brand } = scope;
  const account = `${tenant.id}:sign-in:${digest(input.email)}`;
  const allowed =
    (await mayTry(deps, `${tenant.id}:sign-in-from:${input.ip}`, PER_ADDRESS)) &&
    (await mayTry(deps, account, PER_ACCOUNT));
  if (!allowed) return { ok: false, reason: 'too_many_attempts' };

  const sql = deps.database.tenant(tenant);
  const user = await findUserByEmail(sql, input.email);
  const now = deps.clock.now();
  const locked = user?.lockedUntil !== null && user?.lockedUntil !== undefined && user.lockedUntil > now;
  const right = await deps.passwords.verify(user?.passwordHash, input.password);

  if (user && right && !locked && isUsable(user) && mayUseBrand(user, brand)) {
    if (user.failedSignIns > 0)
      await sql.run(q('users').where({ id: user.id }).update({ failed_sign_ins: 0, locked_until: null }));
    return { ok: true, userId: user.id };
  }
  // Attempts during a lock do not prolong it: else a stranger could keep somebody out for good.
  if (user && !right && !locked) await recordFailure(deps, tenant, user, now);
  const again = await mayTry(deps, `${account}:failed`, FAILURES);
  return { ok: false, reason: again && !locked ? 'credentials_invalid' : 'too_many_attempts' };
}

async function recordFailure(deps: Deps, tenant: Tenant, user: UserRow, now: Date): Promise<void> {
  const sql = deps.database.tenant(tenant);
  const counted = await sql.one<{ failures: number }>(
    q('users')
      .where({ id: user.id })
      .update({ failed_sign_ins: q.raw('failed_sign_ins + 1') })
      .returning(q.raw('failed_sign_ins as failures')),
  );
  const until = lockedUntil(counted?.failures ?? 0, now);
  if (until) await updateUser(sql, user.id, { locked_until: until });
}

async function mayTry(
  { rateLimiter }: Deps,
  key: string,
  limit: { points: number; seconds: number },
): Promise<boolean> {
  try {
    await rateLimiter.take(key, limit);
    return true;
  } catch (error) {
    if (TooManyRequests.is(error)) return false;
    throw error;
  }
}
