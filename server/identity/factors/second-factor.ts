import type { Clock } from '../../kernel/clock.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import { mayTry } from '../attempts.ts';
import { newRecoveryCodes, normaliseRecoveryCode, recoveryCodeHash } from './recovery-codes.ts';
import { countRecoveryCodes, findTotp, saveRecoveryCodes, saveTotp, useRecoveryCode, useStep } from './repository.ts';
import { stepOfCode } from './totp.ts';

/**
 * Wrong codes: of one browser's sign-in, and of one account from wherever. Only who has the password gets this far; a browser the person is
 * known by counts for itself, so that a stranger's attempts do not keep the person out (OWASP ASVS 5, 6.3.1 and 6.6.3).
 */
const PER_SIGN_IN = { points: 5, seconds: 600 };
const PER_ACCOUNT = { points: 10, seconds: 900 };

export type FactorResult =
  { ok: true; codesLeft?: number } | { ok: false; reason: 'code_invalid' | 'too_many_attempts' };

interface Deps {
  rateLimiter: RateLimiter;
  clock: Clock;
}

/** Checks a code of the person's app, or one of its recovery codes; either works once. */
export async function checkSecondFactor(
  deps: Deps,
  sql: TenantSql,
  userId: string,
  attempt: { code: string; signIn: string; device: string | undefined },
): Promise<FactorResult> {
  const account = `${sql.tenant.id}:code:${userId}${attempt.device ? `:${attempt.device}` : ''}`;
  const allowed =
    (await mayTry(deps.rateLimiter, `${sql.tenant.id}:code-of:${attempt.signIn}`, PER_SIGN_IN)) &&
    (await mayTry(deps.rateLimiter, account, PER_ACCOUNT));
  if (!allowed) return { ok: false, reason: 'too_many_attempts' };
  const totp = await findTotp(sql, userId);
  const step =
    totp && (await stepOfCode(totp.secret, attempt.code.replaceAll(/\s/g, ''), deps.clock.now(), totp.lastStep));
  if (step !== undefined && (await useStep(sql, userId, step))) return { ok: true };
  const recovery = normaliseRecoveryCode(attempt.code);
  if (recovery && (await useRecoveryCode(sql, userId, recoveryCodeHash(recovery))))
    return { ok: true, codesLeft: await countRecoveryCodes(sql, userId) };
  return { ok: false, reason: 'code_invalid' };
}

/** Turns the second factor on with the first code of the person's app; false for a wrong code. Runs in the caller's transaction. */
export async function enableTotp(
  sql: TenantSql,
  userId: string,
  given: { secret: string; code: string; now: Date },
): Promise<boolean> {
  const step = await stepOfCode(given.secret, given.code.replaceAll(/\s/g, ''), given.now);
  if (step === undefined) return false;
  await saveTotp(sql, userId, given.secret, step);
  return true;
}

/** New recovery codes in place of all before; answered this once. */
export async function renewRecoveryCodes(sql: TenantSql, userId: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  await saveRecoveryCodes(sql, userId, codes.map(recoveryCodeHash));
  return codes;
}
