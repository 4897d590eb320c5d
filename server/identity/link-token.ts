import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId, newSecret } from '../kernel/ids.ts';

export type TokenPurpose = 'verify_email' | 'reset_password';

const TTL_MS: Record<TokenPurpose, number> = { verify_email: 3 * 24 * 3600_000, reset_password: 3600_000 };

interface TokenRow {
  id: string;
  userId: string;
  expiresAt: Date;
  usedAt: Date | null;
}

export type TokenState = { ok: true; token: TokenRow } | { ok: false; reason: 'link_expired' | 'link_used' };

/** A token for a link in a mail; earlier ones of the same purpose end. Only its digest is stored. */
export async function issueLinkToken(
  sql: TenantSql,
  userId: string,
  purpose: TokenPurpose,
  now: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newSecret();
  const expiresAt = new Date(now.getTime() + TTL_MS[purpose]);
  await sql.run(q('user_tokens').where({ user_id: userId, purpose }).whereNull('used_at').delete());
  await sql.run(
    q('user_tokens').insert({
      id: newId(),
      user_id: userId,
      purpose,
      token_hash: digest(token),
      expires_at: expiresAt,
    }),
  );
  return { token, expiresAt };
}

/** Looks at a token without using it. An unknown one reads as expired: it may well have been, and been replaced. */
export async function readLinkToken(
  sql: TenantSql,
  purpose: TokenPurpose,
  token: string,
  now: Date,
): Promise<TokenState> {
  const row = await sql.one<TokenRow>(
    q('user_tokens')
      .where({ purpose, token_hash: digest(token) })
      .select({ id: 'id', userId: 'user_id', expiresAt: 'expires_at', usedAt: 'used_at' }),
  );
  if (row?.usedAt) return { ok: false, reason: 'link_used' };
  if (!row || row.expiresAt <= now) return { ok: false, reason: 'link_expired' };
  return { ok: true, token: row };
}

/** Uses a token up; of several at once one wins. */
export async function redeemLinkToken(
  sql: TenantSql,
  purpose: TokenPurpose,
  token: string,
  now: Date,
): Promise<TokenState> {
  const state = await readLinkToken(sql, purpose, token, now);
  if (!state.ok) return state;
  const won = await sql.run(
    q('user_tokens').where({ id: state.token.id }).whereNull('used_at').update({ used_at: now }),
  );
  return won === 1 ? state : { ok: false, reason: 'link_used' };
}
