import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import { redeemLinkToken } from './link-token.ts';
import { findUserById, updateUser } from './repository.ts';

/**
 * Proves the address with the link's token. Following the link again says the same: mail scanners follow links before people do.
 * Answers the address, or undefined for a link that is unknown or too old.
 */
export function verifyEmail(
  deps: { database: Database; clock: Clock },
  tenant: Tenant,
  token: string,
  /** Last in the transaction that proves it. */
  onProven: (sql: TenantSql, userId: string) => Promise<void> = () => Promise.resolve(),
): Promise<{ email: string; userId: string } | undefined> {
  return deps.database.withTenant(tenant, async (sql) => {
    const now = deps.clock.now();
    const redeemed = await redeemLinkToken(sql, 'verify_email', token, now);
    if (redeemed.ok) {
      await updateUser(sql, redeemed.token.userId, {
        email_verified_at: q.raw('coalesce(email_verified_at, ?)', [now]),
      });
      const user = await findUserById(sql, redeemed.token.userId);
      if (user) await onProven(sql, user.id);
      return user && { email: user.email, userId: user.id };
    }
    if (redeemed.reason === 'link_expired') return undefined;
    const used = await sql.one<{ userId: string }>(
      q('user_tokens')
        .where({ token_hash: digest(token) })
        .select({ userId: 'user_id' }),
    );
    const user = used && (await findUserById(sql, used.userId));
    return user?.emailVerifiedAt ? { email: user.email, userId: user.id } : undefined;
  });
}
