import type { Clock } from '../kernel/clock.ts';
import { q } from '../kernel/database/builder.ts';
import { digest } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import type { RateLimiter } from '../kernel/http/rate-limit.ts';
import { mayTry } from './attempts.ts';
import { evenly } from './even-time.ts';
import type { Passwords } from './password.ts';
import { findUserByEmail, updateUser, type UserRow } from './repository.ts';
import { maySignInAt } from './seats.ts';
import { lockedUntil } from './user.ts';

/** Attempts of one address against all accounts, and of all addresses against one account. */
const PER_ADDRESS = { points: 100, seconds: 300 };
const PER_ACCOUNT = { points: 30, seconds: 300 };
/** Wrong passwords for one e-mail address, whether it has an account or not: the same answer as the account's own lock. */
const FAILURES = { points: 8, seconds: 300 };

export type CredentialsResult =
  { ok: true; user: UserRow } | { ok: false; reason: 'credentials_invalid' | 'too_many_attempts' };

interface Deps {
  database: Database;
  passwords: Passwords;
  rateLimiter: RateLimiter;
  clock: Clock;
}

/**
 * Checks e-mail address and password. Known, unknown, suspended and foreign accounts get the same answer after the same work and time; eight
 * wrong passwords lock for a time. A browser the person has signed in with before is counted for itself and not kept out by a lock: a
 * stranger's guesses then do not shut the owner out (OWASP, device cookies).
 */
export async function checkCredentials(deps: Deps, scope: Scope, input: Attempt): Promise<CredentialsResult> {
  const { rateLimiter } = deps;
  if (!(await mayTry(rateLimiter, `${scope.tenant.id}:sign-in-from:${input.ip}`, PER_ADDRESS)))
    return { ok: false, reason: 'too_many_attempts' };
  const started = performance.now();
  const result = await check(deps, scope, input);
  return result.ok ? result : evenly(() => Promise.resolve(result), started);
}

interface Scope {
  tenant: Tenant;
  brand: Brand;
}

interface Attempt {
  email: string;
  password: string;
  ip: string;
  /** Name of the browser for a person it is known by. */
  deviceOf(userId: string): Promise<string | undefined>;
}

async function check(deps: Deps, { tenant, brand }: Scope, input: Attempt): Promise<CredentialsResult> {
  const { rateLimiter } = deps;
  const sql = deps.database.tenant(tenant);
  const user = await findUserByEmail(sql, input.email);
  const device = user && (await input.deviceOf(user.id));
  const account = `${tenant.id}:sign-in:${digest(input.email)}${device ? `:${device}` : ''}`;
  if (!(await mayTry(rateLimiter, account, PER_ACCOUNT))) return { ok: false, reason: 'too_many_attempts' };
  const now = deps.clock.now();
  const locked = !device && user?.lockedUntil !== null && user?.lockedUntil !== undefined && user.lockedUntil > now;
  const right = await deps.passwords.verify(user?.passwordHash, input.password);

  if (user && right && !locked && (await maySignInAt(sql, user, brand))) {
    if (user.failedSignIns > 0)
      await sql.run(q('users').where({ id: user.id }).update({ failed_sign_ins: 0, locked_until: null }));
    return { ok: true, user };
  }
  // Attempts during a lock do not prolong it: else a stranger could keep somebody out for good.
  if (user && !right && !locked) await recordFailure(deps, tenant, user, now);
  const again = await mayTry(rateLimiter, `${account}:failed`, FAILURES);
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
