import type { Clock } from '../kernel/clock.ts';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import { newId, newSecret } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { EmailTaken, InvitationPending, RoleNeedsAgency } from './errors.ts';
import { roleFitsAgency } from './policy.ts';
import { findAgency, findOpenInvitation, findUserByEmail, findUserById, insertInvitation } from './repository.ts';
import { normaliseEmail, type StaffRole } from './user.ts';

const VALID_MS = 7 * 24 * 3600_000;

export interface InvitationInput {
  email: string;
  role: StaffRole;
  agencyId: string | null;
  /** Only with `reseller_staff`. */
  permissionSetId?: string | null;
  /** User id of who invites; null when the platform does. */
  invitedBy: string | null;
}

/** What an invitation needs to know of the brand it leads to: one where the invited person may sign in. */
export interface InvitingBrand {
  id: string;
  name: string;
  origin: string;
  defaultLocale: string;
}

/**
 * Invites a person to work in the network: writes the invitation and, in the same transaction, the event that mails its link. A new
 * invitation of the same agency replaces the open one. The caller has checked who may invite whom.
 * @throws EmailTaken, InvitationPending, RoleNeedsAgency
 */
export async function inviteUser(
  deps: { clock: Clock },
  sql: TenantSql,
  brand: InvitingBrand,
  input: InvitationInput,
): Promise<{ invitationId: string; url: string; expiresAt: Date }> {
  const email = normaliseEmail(input.email);
  const { role, agencyId, invitedBy } = input;
  if (!roleFitsAgency(role, agencyId)) throw RoleNeedsAgency({ role });
  const agency = agencyId === null ? null : await findAgency(sql, agencyId);
  if (agency === undefined) throw NotFound({ what: 'This agency' });
  const now = deps.clock.now();
  await clearTheWay(sql, { email, agencyId, now });

  const token = newSecret();
  const url = `${brand.origin}/account/invitation?token=${token}`;
  const invitationId = newId();
  const expiresAt = new Date(now.getTime() + VALID_MS);
  await insertInvitation(sql, {
    id: invitationId,
    email,
    role,
    agencyId,
    permissionSetId: input.permissionSetId ?? null,
    brandId: brand.id,
    tokenHash: digest(token),
    invitedBy,
    expiresAt,
    createdAt: now,
  });
  const inviter = invitedBy ? await findUserById(sql, invitedBy) : undefined;
  await emitEvent(sql, {
    kind: 'identity.invitation_created@1',
    payload: {
      invitationId,
      role,
      brandId: brand.id,
      locale: brand.defaultLocale,
      expiresAt: expiresAt.toISOString(),
      organisationName: agency?.name ?? brand.name,
      agencyId,
      agencyName: agency?.name ?? null,
      parentName: agency?.parentName ?? brand.name,
    },
    personal: {
      recipient: email,
      url,
      inviterName: inviter ? `${inviter.givenName} ${inviter.familyName}`.trim() || null : null,
    },
  });
  return { invitationId, url, expiresAt };
}

/** Staff accounts cannot be invited again; an open invitation gives way to its own agency, or once it has expired. A customer may become staff. */
async function clearTheWay(
  sql: TenantSql,
  { email, agencyId, now }: { email: string; agencyId: string | null; now: Date },
): Promise<void> {
  const user = await findUserByEmail(sql, email);
  if (user && user.role !== 'customer') throw EmailTaken({ email });
  const open = await findOpenInvitation(sql, email);
  if (!open) return;
  if (open.agencyId !== agencyId && open.expiresAt > now) throw InvitationPending({ email });
  await sql.run(q('invitations').where({ id: open.id }).delete());
}
