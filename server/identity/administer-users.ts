import { abilityFor, as, authorize, narrow } from '../access/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { publicOrigin, type Config } from '../kernel/config.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { Forbidden, NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { OwnAccount, RoleNeedsAgency, RoleNotInvitable } from './errors.ts';
import { inviteUser } from './invite-user.ts';
import { listPage } from './list-page.ts';
import { mayGiveRole, roleFitsAgency } from './policy.ts';
import {
  findAgency,
  findInvitationById,
  findUserById,
  firstServed,
  listSignInBrands,
  openInvitation,
  openUser,
  selectInvitations,
  selectUsers,
  updateUser,
  written,
  type InvitationRow,
  type SealedInvitation,
} from './repository.ts';
import type { SignOutEverywhere } from './sign-out-everywhere.ts';
import type { StaffRole, User } from './user.ts';

interface Paging {
  limit: number;
  cursor?: string | undefined;
}

/** People the actor may see, newest first. */
export async function listUsers(
  sql: TenantSql,
  actor: Actor,
  filter: Paging & { agencyId?: string | undefined; role?: string | undefined; state?: string | undefined },
) {
  const query = narrow(selectUsers(), abilityFor(actor), 'read', 'User', {
    agencyPath: 'a.path',
    agencyId: 'u.agency_id',
  });
  if (filter.agencyId) query.where('u.agency_id', filter.agencyId);
  if (filter.role) query.where('u.role', filter.role);
  if (filter.state) query.where('u.state', filter.state);
  const { rows, next } = await listPage<User>(sql, query, { ...filter, idColumn: 'u.id' });
  return { rows: rows.map((row) => openUser(sql, row)), next };
}

/** Invitations the actor may see, newest first. */
export async function listInvitations(
  sql: TenantSql,
  actor: Actor,
  filter: Paging & { agencyId?: string | undefined },
) {
  const query = narrow(selectInvitations(), abilityFor(actor), 'read', 'Invitation', {
    agencyPath: 'a.path',
    agencyId: 'i.agency_id',
  });
  if (filter.agencyId) query.where('i.agency_id', filter.agencyId);
  const { rows, next } = await listPage<SealedInvitation>(sql, query, { ...filter, idColumn: 'i.id' });
  return { rows: rows.map((row) => openInvitation(sql, row)), next };
}

interface InviteDeps {
  config: Config;
  database: Database;
  clock: Clock;
}

/** Invites a colleague. An agency's administrator reaches the own agency and those below; the link leads to where the person may sign in. */
export async function inviteColleague(
  deps: InviteDeps,
  sql: TenantSql,
  actor: Actor,
  input: { email: string; role: StaffRole; agencyId: string | null },
): Promise<InvitationRow> {
  if (!mayGiveRole(actor, input.role)) throw RoleNotInvitable({ role: input.role });
  if (!roleFitsAgency(input.role, input.agencyId)) throw RoleNeedsAgency({ role: input.role });
  const agency = input.agencyId ? await findAgency(sql, input.agencyId) : undefined;
  if (input.agencyId) authorize(actor, 'read', 'Agency', agency);
  const agencyPath = agency?.path ?? '/';
  if (!abilityFor(actor).can('create', as('Invitation', { agencyId: input.agencyId, agencyPath })))
    throw Forbidden({ action: 'create', subject: 'Invitation' });
  const brand = await firstServed(deps.database.platform, await listSignInBrands(sql, input.agencyId));
  if (!brand) throw NotFound({ what: 'A site this person could sign in at' });
  return deps.database.withTenant(sql.tenant, async (bound) => {
    const invitedBy = actor.kind === 'user' ? actor.id : null;
    const { invitationId } = await inviteUser(
      deps,
      bound,
      { ...brand, origin: publicOrigin(deps.config, brand.hostname) },
      { ...input, invitedBy },
    );
    return written(await findInvitationById(bound, invitationId));
  });
}

/** Suspends or reactivates an account. Suspending ends its sessions at once. */
export async function changeUserState(
  deps: { signOutEverywhere: SignOutEverywhere },
  sql: TenantSql,
  actor: Actor,
  input: { id: string; state: 'active' | 'suspended' },
): Promise<User> {
  const user = await findUserById(sql, input.id);
  authorize(actor, 'update', 'User', user);
  if (user.id === actor.id && input.state === 'suspended') throw OwnAccount();
  await updateUser(sql, user.id, { state: input.state });
  await deps.signOutEverywhere(sql.tenant, user.id);
  return { ...user, state: input.state };
}
