import type { Context } from 'koa';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { RateLimiter } from '../../kernel/http/rate-limit.ts';
import type { Redis } from '../../kernel/redis.ts';
import { mayTry } from '../attempts.ts';
import { checkCredentials } from '../check-credentials.ts';
import { describeBrowser, knownDevice, rememberDevice } from '../factors/devices.ts';
import { checkPasskey, rpIdOf, signInOptions } from '../factors/passkeys.ts';
import { hasTotp, listPasskeys } from '../factors/repository.ts';
import { checkSecondFactor, enableTotp } from '../factors/second-factor.ts';
import { newTotpSecret, presentSecret } from '../factors/totp.ts';
import type { Passwords } from '../password.ts';
import { findUserById, type UserRow } from '../repository.ts';
import { emitSecurityNotice } from '../security-notice.ts';
import { readSignInPolicy } from '../sign-in-policy.ts';
import { createSignInProgress, type SignInProgress } from '../sign-in-progress.ts';
import { maySignInAt, seatsOf } from '../seats.ts';
import type { StaffRole } from '../user.ts';
import type { PageScope } from './page.ts';
import { PASSKEY_SCRIPT } from './passkey-script.ts';
import type { Answer } from './sign-in-page.ts';

/** What the page's script asks the browser for a passkey with. */
export interface PasskeyQuestion {
  options: string;
  script: string;
}

/** Where a sign-in is at, and what its page shows. */
export type Step =
  | { name: 'password'; email: string }
  | { name: 'code'; email: string; offerPasskey: boolean }
  | { name: 'enrol'; picture: string; secretText: string };

export interface Completed {
  ok: true;
  done: true;
  user: UserRow;
  login: { accountId: string; amr: string[]; acr: string; remember: boolean };
  /** Recovery codes left, when one was used. */
  codesLeft?: number;
}
export type Taken =
  | { ok: true; done: false }
  | Completed
  | { ok: false; reason: 'credentials_invalid' | 'too_many_attempts' | 'code_invalid' | 'passkey_invalid' };

interface Deps {
  database: Database;
  redis: Redis;
  passwords: Passwords;
  rateLimiter: RateLimiter;
  clock: Clock;
}

const PASSKEYS_PER_ADDRESS = { points: 100, seconds: 300 };

/** Two factors, or a passkey that verified its user, are assurance level 2 (NIST SP 800-63B-4, 2.2). */
const completed = (user: UserRow, methods: string[], remember: boolean): Completed => ({
  ok: true,
  done: true,
  user,
  login: { accountId: user.id, amr: methods, acr: methods.includes('mfa') ? 'aal2' : 'aal1', remember },
});

/** The steps of a sign-in: password or passkey, then a code where the person or the reseller wants one. */
export function createSignInSteps(deps: Deps) {
  const { database, redis } = deps;
  const progress = createSignInProgress(redis);
  const sqlOf = (scope: PageScope) => database.tenant(scope.tenant);

  async function current(scope: PageScope, uid: string, signedIn: string | undefined): Promise<Step> {
    const sql = sqlOf(scope);
    const so = await progress.read(sql, scope.brand, uid);
    const user = so ? await findUserById(sql, so.userId) : signedIn ? await findUserById(sql, signedIn) : undefined;
    if (!so || !user) return { name: 'password', email: user?.email ?? '' };
    if (so.stage === 'enrol' && so.secret) {
      const { picture, text } = await presentSecret(so.secret, { brand: scope.brand.name, email: user.email });
      return { name: 'enrol', picture, secretText: text };
    }
    const keys = await listPasskeys(sql, user.id);
    return { name: 'code', email: user.email, offerPasskey: keys.some((key) => key.rpId === rpIdOf(scope.brand)) };
  }

  /** What the password was enough for: all, or the question for a second factor. */
  async function afterPassword(scope: PageScope, uid: string, user: UserRow, remember: boolean): Promise<Taken> {
    const sql = sqlOf(scope);
    const enrolled = await hasTotp(sql, user.id);
    const { secondFactorRoles } = await readSignInPolicy(sql);
    const required = (await seatsOf(sql, user)).some(({ role }) => secondFactorRoles.includes(role as StaffRole));
    if (!enrolled && !required) return completed(user, ['pwd'], remember);
    const hasKeys = !enrolled && (await listPasskeys(sql, user.id)).some((key) => key.rpId === rpIdOf(scope.brand));
    const next: SignInProgress = { userId: user.id, methods: ['pwd'], remember, stage: 'code' };
    await progress.write(
      sql,
      scope.brand,
      uid,
      enrolled || hasKeys ? next : { ...next, stage: 'enrol', secret: newTotpSecret() },
    );
    return { ok: true, done: false };
  }

  async function takePassword(
    ctx: Context,
    scope: PageScope,
    uid: string,
    answer: Answer & { kind: 'password' },
  ): Promise<Taken> {
    const result = await checkCredentials(deps, scope, {
      ...answer,
      ip: ctx.ip,
      deviceOf: (userId) => knownDevice(sqlOf(scope), ctx, scope.brand, userId),
    });
    return result.ok ? afterPassword(scope, uid, result.user, answer.remember) : result;
  }

  async function takePasskey(
    ctx: Context,
    scope: PageScope,
    uid: string,
    answer: Answer & { kind: 'passkey' },
  ): Promise<Taken> {
    const sql = sqlOf(scope);
    const from = `${scope.tenant.id}:sign-in-from:${ctx.ip}`;
    if (!(await mayTry(deps.rateLimiter, from, PASSKEYS_PER_ADDRESS)))
      return { ok: false, reason: 'too_many_attempts' };
    const so = await progress.read(sql, scope.brand, uid);
    const found = await checkPasskey(deps, sql, scope.brand, { signIn: uid, credential: answer.credential });
    const user = found && (await findUserById(sql, found.userId));
    const fits = user && (await maySignInAt(sql, user, scope.brand)) && (!so || so.userId === user.id);
    if (!fits) return { ok: false, reason: 'passkey_invalid' };
    return completed(user, [...(so?.methods ?? []), 'hwk', 'mfa'], so?.remember ?? answer.remember);
  }

  async function takeCode(
    ctx: Context,
    scope: PageScope,
    uid: string,
    answer: Answer & { kind: 'code' },
  ): Promise<Taken> {
    const sql = sqlOf(scope);
    const so = await progress.read(sql, scope.brand, uid);
    const user = so && (await findUserById(sql, so.userId));
    if (!so || !user || !(await maySignInAt(sql, user, scope.brand)))
      return { ok: false, reason: 'credentials_invalid' };
    if (so.stage === 'enrol') return enrol(scope, user, so, answer.code);
    const device = await knownDevice(sql, ctx, scope.brand, user.id);
    const result = await checkSecondFactor(deps, sql, user.id, { code: answer.code, signIn: uid, device });
    if (!result.ok) return result;
    const methods = [...so.methods, 'otp', 'mfa'];
    return {
      ...completed(user, methods, so.remember),
      ...(result.codesLeft === undefined ? {} : { codesLeft: result.codesLeft }),
    };
  }

  async function enrol(scope: PageScope, user: UserRow, so: SignInProgress, code: string): Promise<Taken> {
    const { secret } = so;
    const now = deps.clock.now();
    const allowed = await mayTry(deps.rateLimiter, `${scope.tenant.id}:enrol:${user.id}`, { points: 20, seconds: 900 });
    if (!allowed) return { ok: false, reason: 'too_many_attempts' };
    const enabled = secret
      ? await database.withTenant(scope.tenant, async (sql) => {
          const made = await enableTotp(sql, user.id, { secret, code, now });
          if (made) await emitSecurityNotice(sql, scope.brand, user, { notice: 'second_factor_on', at: now });
          return made;
        })
      : false;
    if (!enabled) return { ok: false, reason: 'code_invalid' };
    return completed(user, [...so.methods, 'otp', 'mfa'], so.remember);
  }

  return {
    current,
    passkeyQuestion: async (scope: PageScope, uid: string): Promise<PasskeyQuestion> => ({
      options: await signInOptions(deps, sqlOf(scope), scope.brand, uid),
      script: PASSKEY_SCRIPT,
    }),
    startOver: (scope: PageScope, uid: string): Promise<void> => progress.drop(sqlOf(scope), scope.brand, uid),
    take(ctx: Context, scope: PageScope, uid: string, answer: Answer): Promise<Taken> {
      if (answer.kind === 'passkey') return takePasskey(ctx, scope, uid, answer);
      if (answer.kind === 'code') return takeCode(ctx, scope, uid, answer);
      return takePassword(ctx, scope, uid, answer);
    },
    /** Notes the browser, and tells the person of one it was never seen with, and of a recovery code that is used up. */
    async complete(ctx: Context, scope: PageScope, uid: string, { user, codesLeft }: Completed): Promise<void> {
      const at = deps.clock.now();
      await database.withTenant(scope.tenant, async (sql) => {
        const device = await rememberDevice(sql, ctx, scope.brand, user.id);
        const browser = describeBrowser(ctx.get('user-agent'));
        if (device === 'new')
          await emitSecurityNotice(sql, scope.brand, user, { notice: 'new_device', detail: browser, at });
        if (codesLeft !== undefined)
          await emitSecurityNotice(sql, scope.brand, user, {
            notice: 'recovery_code_used',
            detail: String(codesLeft),
            at,
          });
      });
      await progress.drop(sqlOf(scope), scope.brand, uid);
    },
  };
}

export type SignInSteps = ReturnType<typeof createSignInSteps>;
