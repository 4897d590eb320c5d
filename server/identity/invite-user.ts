import type { Clock } from '../kernel/clock.ts';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import { newId, newSecret } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { EmailTaken, InvitationPending, RoleNeedsAgency } from './errors.ts';
import { mayJoin } from './join-agency.ts';
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

interface InviteDeps {
  clock: Clock;
  /** The reseller's own brand, where people of all agencies sign in; the given one when there is none that is served. */
  commonBrand(sql: TenantSql, brand: InvitingBrand): Promise<InvitingBrand>;
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
  deps: InviteDeps,
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
  const kind = await clearTheWay(sql, { email, role, agencyId, now });
  // Who works for another agency must sign in to accept, and so far may not at this agency's own brand.
  const place = kind === 'member' ? await deps.commonBrand(sql, brand) : brand;

  const token = newSecret();
  const url = `${place.origin}/account/invitation?token=${token}`;
  const invitationId = newId();
  const expiresAt = new Date(now.getTime() + VALID_MS);
  await insertInvitation(sql, {
    id: invitationId,
    email,
    role,
    agencyId,
    permissionSetId: input.permissionSetId ?? null,
    brandId: place.id,
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
      brandId: place.id,
      locale: place.defaultLocale,
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

/** People who work here can be invited into a further agency only; an open invitation gives way to its own agency, or once it has expired. A customer may become staff. */
async function clearTheWay(
  sql: TenantSql,
  { email, role, agencyId, now }: { email: string; role: StaffRole; agencyId: string | null; now: Date },
): Promise<'member' | 'new'> {
  const user = await findUserByEmail(sql, email);
  if (user && user.role !== 'customer' && !(await mayJoin(sql, user, { role, agencyId }))) throw EmailTaken({ email });
  const open = await findOpenInvitation(sql, email);
  const kind = user && user.role !== 'customer' ? 'member' : 'new';
  if (!open) return kind;
  if (open.agencyId !== agencyId && open.expiresAt > now) throw InvitationPending({ email });
  await sql.run(q('invitations').where({ id: open.id }).delete());
  return kind;
}
