import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { findUserById } from './repository.ts';
import { sealEmail, sealName } from './sealed-people.ts';

/** What of an account leads to a person or lets somebody in: all rows of these tables go. */
const TABLES_OF_A_PERSON = [
  'user_tokens',
  'user_totp',
  'user_recovery_codes',
  'user_passkeys',
  'user_devices',
  'memberships',
  'federated_identities',
] as const;

/**
 * Erases a person from an account: address, names and credentials go, the row stays for what refers to it. False when that was done before.
 * The caller ends the sessions, which are not in the database.
 */
export async function eraseUser(sql: TenantSql, id: string, at: Date): Promise<boolean> {
  const user = await findUserById(sql, id);
  if (!user || user.erasedAt) return false;
  await sql.run(
    q('users')
      .where({ id })
      .update({
        // Not an address anybody could have (RFC 2606); unique, since the index is.
        ...sealEmail(sql.vault, id, `${id}@erased.invalid`),
        ...sealName(sql.vault, id, { givenName: '', familyName: '' }),
        password_hash: null,
        state: 'suspended',
        email_verified_at: null,
        failed_sign_ins: 0,
        locked_until: null,
        erased_at: at,
        updated_at: at,
        version: q.raw('version + 1'),
      }),
  );
  for (const table of TABLES_OF_A_PERSON) await sql.run(q(table).where({ user_id: id }).delete());
  await sql.run(q('idempotency_keys').where({ actor: id }).delete());
  return true;
}

/** Forgets links and invitations that ended so many days ago. */
export async function purgePeople(sql: TenantSql, days: number): Promise<void> {
  const longAgo = (column: string) => q.raw('?? < now() - make_interval(days => ?)', [column, days]);
  await sql.run(q('user_tokens').where(longAgo('expires_at')).delete());
  await sql.run(q('invitations').where(longAgo('expires_at')).delete());
}
