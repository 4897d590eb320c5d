import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { issueLinkToken, redeemLinkToken } from './link-token.ts';
import type { Passwords } from './password.ts';
import { findUserByEmail, findUserById, updateUser } from './repository.ts';
import { maySignInAt } from './seats.ts';
import { emitSecurityNotice } from './security-notice.ts';
import type { SignOutEverywhere } from './sign-out-everywhere.ts';

/** Sends the link to choose a new password; nothing for an account that may not sign in at this brand. The caller answers the same. */
export async function requestPasswordReset(
  sql: TenantSql,
  brand: Brand,
  input: { email: string; locale: string; now: Date },
): Promise<void> {
  const user = await findUserByEmail(sql, input.email);
  if (!user || !(await maySignInAt(sql, user, brand))) return;
  const { token, expiresAt } = await issueLinkToken(sql, user.id, 'reset_password', input.now);
  await emitEvent(sql, {
    kind: 'identity.password_reset_requested@1',
    payload: { userId: user.id, brandId: brand.id, locale: input.locale, expiresAt: expiresAt.toISOString() },
    personal: {
      recipient: user.email,
      recipientName: user.givenName,
      url: `${brand.origin}/account/reset-password?token=${token}`,
    },
  });
}

interface Deps {
  database: Database;
  passwords: Passwords;
  clock: Clock;
  signOutEverywhere: SignOutEverywhere;
}

/** Sets a new password with the link's token: unlocks the account, proves its address, ends all its sessions. */
export async function resetPassword(
  deps: Deps,
  scope: { tenant: Tenant; brand: Brand },
  input: {
    token: string;
    password: string;
    /** Last in the transaction that sets it. */
    onReset?: (sql: TenantSql, userId: string) => Promise<void>;
  },
): Promise<{ ok: true; userId: string } | { ok: false; reason: 'link_expired' | 'link_used' }> {
  const passwordHash = await deps.passwords.hash(input.password);
  const done = await deps.database.withTenant(scope.tenant, async (sql) => {
    const now = deps.clock.now();
    const redeemed = await redeemLinkToken(sql, 'reset_password', input.token, now);
    if (!redeemed.ok) return redeemed;
    const user = await findUserById(sql, redeemed.token.userId);
    if (!user || !(await maySignInAt(sql, user, scope.brand)))
      return { ok: false as const, reason: 'link_expired' as const };
    await updateUser(sql, user.id, {
      password_hash: passwordHash,
      failed_sign_ins: 0,
      locked_until: null,
      email_verified_at: user.emailVerifiedAt ?? now,
    });
    await emitSecurityNotice(sql, scope.brand, user, { notice: 'password_changed', at: now });
    await input.onReset?.(sql, user.id);
    return { ok: true as const, userId: user.id };
  });
  if (!done.ok) return done;
  await deps.signOutEverywhere(scope.tenant, done.userId);
  return done;
}
