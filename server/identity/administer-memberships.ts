import { abilityFor, authorize, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { AuditPen } from '../kernel/http/audit.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { listPage } from './list-page.ts';
import type { PortalSessions } from './portal/sessions.ts';
import { openPerson } from './sealed-people.ts';
import type { StaffRole } from './user.ts';

/** Somebody who works for an agency that is not the one of the account. */
export interface Membership {
  id: string;
  userId: string;
  email: string;
  givenName: string;
  familyName: string;
  role: StaffRole;
  agencyId: string;
  agencyPath: string;
  createdAt: Date;
}

const selectMemberships = () =>
  q('memberships as m').join('users as u', 'u.id', 'm.user_id').join('agencies as a', 'a.id', 'm.agency_id').select({
    id: 'm.id',
    userId: 'm.user_id',
    email: 'u.email',
    givenName: 'u.given_name',
    familyName: 'u.family_name',
    role: 'm.role',
    agencyId: 'm.agency_id',
    agencyPath: 'a.path',
    createdAt: 'm.created_at',
  });

/** The names are sealed for the account they are of. */
const openMembership = (sql: TenantSql, row: Membership): Membership => ({
  ...openPerson(sql.vault, { ...row, id: row.userId }),
  id: row.id,
});

/** Members the actor may see, newest first. */
export async function listMemberships(
  sql: TenantSql,
  actor: Actor,
  filter: { limit: number; cursor?: string | undefined; agencyId?: string | undefined },
) {
  const query = narrow(selectMemberships(), abilityFor(actor), 'read', 'User', {
    agencyPath: 'a.path',
    agencyId: 'm.agency_id',
  });
  if (filter.agencyId) query.where('m.agency_id', filter.agencyId);
  const { rows, next } = await listPage<Membership>(sql, query, { ...filter, idColumn: 'm.id' });
  return { rows: rows.map((row) => openMembership(sql, row)), next };
}

/** Ends somebody's work for a further agency, and at once the sessions in which the person works for it. The account stays. */
export async function removeMembership(
  deps: { actors: ActorLookup; sessions: PortalSessions },
  ctx: { sql: TenantSql; tenant: Tenant; actor: Actor; audit: AuditPen },
  id: string,
): Promise<void> {
  const { sql, tenant, actor, audit } = ctx;
  const row = await sql.one<Membership>(selectMemberships().where('m.id', id));
  const found = row && openMembership(sql, row);
  authorize(actor, 'delete', 'User', found);
  await sql.run(q('memberships').where({ id }).delete());
  deps.actors.dropUser(tenant, found.userId);
  await deps.sessions.endWhere(tenant, found.userId, (session) => session.membershipId === id);
  audit.note({
    subject: { type: 'User', id: found.userId, label: found.email },
    before: { role: found.role, agencyId: found.agencyId },
  });
}
