import { abilityFor, as, authorize, checkFields, coversRights, narrow } from '../access/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { publicOrigin, type Config } from '../kernel/config.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { Forbidden, NotFound } from '../kernel/errors.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { OwnAccount, RoleNeedsAgency, RoleNotInvitable } from './errors.ts';
import { inviteUser, type InvitingBrand } from './invite-user.ts';
import { listPage } from './list-page.ts';
import { NotYoursToGive, SetNotForRole } from './permission-sets/errors.ts';
import { mayGive } from './permission-sets/edit-sets.ts';
import { findSet, lockSet } from './permission-sets/repository.ts';
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
import type { UserChange } from './schema.ts';
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

/** Where people of all agencies sign in: the reseller's own brand, when it is served. */
export const commonBrandOf =
  (deps: Pick<InviteDeps, 'config' | 'database'>) =>
  async (sql: TenantSql, otherwise: InvitingBrand): Promise<InvitingBrand> => {
    const brand = await firstServed(deps.database.platform, await listSignInBrands(sql, null));
    return brand ? { ...brand, origin: publicOrigin(deps.config, brand.hostname) } : otherwise;
  };

/** Invites a colleague. An agency's administrator reaches the own agency and those below; the link leads to where the person may sign in. */
export async function inviteColleague(
  deps: InviteDeps,
  sql: TenantSql,
  actor: Actor,
  input: { email: string; role: StaffRole; agencyId: string | null; permissionSetId: string | null },
): Promise<InvitationRow> {
  if (!mayGiveRole(actor, input.role)) throw RoleNotInvitable({ role: input.role });
  if (!roleFitsAgency(input.role, input.agencyId)) throw RoleNeedsAgency({ role: input.role });
  const agency = input.agencyId ? await findAgency(sql, input.agencyId) : undefined;
  if (input.agencyId) authorize(actor, 'read', 'Agency', agency);
  const agencyPath = agency?.path ?? '/';
  if (!abilityFor(actor).can('create', as('Invitation', { agencyId: input.agencyId, agencyPath })))
    throw Forbidden({ action: 'create', subject: 'Invitation' });
  if (!coversRights(actor, { role: input.role, agencyId: input.agencyId, agencyPath }))
    throw NotYoursToGive({ what: `The role ${input.role}` });
  const brand = await firstServed(deps.database.platform, await listSignInBrands(sql, input.agencyId));
  if (!brand) throw NotFound({ what: 'A site this person could sign in at' });
  return deps.database.withTenant(sql.tenant, async (bound) => {
    if (input.permissionSetId !== null) await checkSet(bound, actor, input.role, input.permissionSetId);
    const invitedBy = actor.kind === 'user' ? actor.id : null;
    const { invitationId } = await inviteUser(
      { ...deps, commonBrand: commonBrandOf(deps) },
      bound,
      { ...brand, origin: publicOrigin(deps.config, brand.hostname) },
      { ...input, invitedBy },
    );
    return written(await findInvitationById(bound, invitationId));
  });
}

/**
 * Suspends or reactivates an account, or gives it a permission set. Suspending ends its sessions at once; new rights hold within seconds.
 * @throws NotFound, Forbidden, OwnAccount, SetNotForRole, NotYoursToGive
 */
export async function changeUser(
  deps: { database: Database; actors: ActorLookup; signOutEverywhere: SignOutEverywhere },
  sql: TenantSql,
  actor: Actor,
  id: string,
  change: UserChange,
  audit: AuditPen = noAudit,
): Promise<User> {
  const user = await findUserById(sql, id);
  authorize(actor, 'update', 'User', user);
  checkFields(actor, 'User', user, change);
  const { state, permissionSetId } = change;
  if (user.id === actor.id && state === 'suspended') throw OwnAccount();
  await deps.database.withTenant(sql.tenant, async (bound) => {
    if (permissionSetId !== undefined) await checkSet(bound, actor, user.role, permissionSetId);
    await updateUser(bound, user.id, {
      ...(state === undefined ? {} : { state }),
      ...(permissionSetId === undefined ? {} : { permission_set_id: permissionSetId }),
    });
  });
  deps.actors.dropUser(sql.tenant, user.id);
  if (state !== undefined) await deps.signOutEverywhere(sql.tenant, user.id);
  const changed = written(await findUserById(sql, user.id));
  audit.note({ subject: { label: user.email }, before: rightsOf(user), after: rightsOf(changed) });
  return changed;
}

/** What the audit log compares. */
const rightsOf = ({ state, role, permissionSetId }: User) => ({ state, role, permissionSetId });

/** @throws SetNotForRole, NotFound, NotYoursToGive */
async function checkSet(sql: TenantSql, actor: Actor, role: string, setId: string | null): Promise<void> {
  if (role !== 'reseller_staff') throw SetNotForRole({ role });
  if (setId === null) return;
  await lockSet(sql, setId, 'share');
  const set = await findSet(sql, setId);
  authorize(actor, 'read', 'PermissionSet', set);
  if (!mayGive(actor, set.permissions)) throw NotYoursToGive({ what: set.name });
}
