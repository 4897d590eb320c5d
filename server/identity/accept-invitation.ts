import type { Clock } from '../kernel/clock.ts';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import type { Passwords } from './password.ts';
import { findInvitationByToken, findUserByEmail, insertUser, updateUser, type InvitationRow } from './repository.ts';
import type { SignOutEverywhere } from './sign-out-everywhere.ts';

export type InvitationState =
  { ok: true; invitation: InvitationRow } | { ok: false; reason: 'link_expired' | 'link_used' };

/** Looks an invitation up by its link's token, without using it. */
export async function readInvitation(sql: TenantSql, token: string, now: Date): Promise<InvitationState> {
  const invitation = await findInvitationByToken(sql, digest(token));
  if (invitation?.acceptedAt) return { ok: false, reason: 'link_used' };
  return invitation && invitation.expiresAt > now ? { ok: true, invitation } : { ok: false, reason: 'link_expired' };
}

interface Deps {
  database: Database;
  passwords: Passwords;
  clock: Clock;
  signOutEverywhere: SignOutEverywhere;
}

/**
 * Makes the invited account, or turns the customer's account of that address into it. The link proves the address, so the password is set
 * anew and earlier sessions end: who registered the address before the invitation came gains nothing by it.
 */
export async function acceptInvitation(
  deps: Deps,
  tenant: Tenant,
  input: { token: string; password: string; givenName: string; familyName: string; locale: string },
): Promise<{ ok: true; userId: string } | { ok: false; reason: 'link_expired' | 'link_used' }> {
  const passwordHash = await deps.passwords.hash(input.password);
  const done = await deps.database.withTenant(tenant, async (sql) => {
    const now = deps.clock.now();
    const state = await readInvitation(sql, input.token, now);
    if (!state.ok) return state;
    const { invitation } = state;
    const won = await sql.run(
      q('invitations').where({ id: invitation.id }).whereNull('accepted_at').update({ accepted_at: now }),
    );
    if (won !== 1) return { ok: false as const, reason: 'link_used' as const };
    const id = newId();
    const created = await insertUser(sql, {
      id,
      email: invitation.email,
      passwordHash,
      givenName: input.givenName,
      familyName: input.familyName,
      role: invitation.role,
      agencyId: invitation.agencyId,
      permissionSetId: invitation.permissionSetId,
      locale: input.locale,
      emailVerifiedAt: now,
    });
    return created
      ? { ok: true as const, userId: id }
      : promoteCustomer(sql, invitation, { ...input, passwordHash, now });
  });
  if (!done.ok) return done;
  await deps.signOutEverywhere(tenant, done.userId);
  return done;
}

async function promoteCustomer(
  sql: TenantSql,
  invitation: InvitationRow,
  input: { passwordHash: string; givenName: string; familyName: string; now: Date },
) {
  const user = await findUserByEmail(sql, invitation.email);
  if (!user || user.role !== 'customer') return { ok: false as const, reason: 'link_used' as const };
  await updateUser(sql, user.id, {
    role: invitation.role,
    agency_id: invitation.agencyId,
    permission_set_id: invitation.permissionSetId,
    password_hash: input.passwordHash,
    given_name: input.givenName,
    family_name: input.familyName,
    email_verified_at: input.now,
    failed_sign_ins: 0,
    locked_until: null,
  });
  return { ok: true as const, userId: user.id };
}
