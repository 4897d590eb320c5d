import { q } from '../kernel/database/builder.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { readInvitation } from './accept-invitation.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { findUserByEmail } from './repository.ts';
import { seatsOf, worksForAgency } from './seats.ts';
import type { User } from './user.ts';

/** Whether somebody who works for an agency may be asked into another one as well. */
export async function mayJoin(
  sql: TenantSql,
  user: User,
  { role, agencyId }: { role: string; agencyId: string | null },
): Promise<boolean> {
  if (agencyId === null || !worksForAgency(user.role) || !worksForAgency(role)) return false;
  return !(await seatsOf(sql, user)).some((seat) => seat.agencyId === agencyId);
}

/**
 * Accepts an invitation for somebody who has an account of an agency: a further agency, nothing of the account itself is touched. The
 * caller has made sure that this person is signed in; the link alone gives nothing.
 */
export async function joinAgency(
  deps: { database: Database; clock: Clock; actors: ActorLookup },
  tenant: Tenant,
  {
    token,
    userId,
    onJoined,
  }: {
    token: string;
    userId: string;
    /** Last in the transaction that joins. */
    onJoined?: (sql: TenantSql) => Promise<void>;
  },
): Promise<{ ok: true } | { ok: false; reason: 'link_expired' | 'link_used' }> {
  const done = await deps.database.withTenant(tenant, async (sql) => {
    const now = deps.clock.now();
    const state = await readInvitation(sql, token, now);
    if (!state.ok) return state;
    const { id, email, role, agencyId } = state.invitation;
    const user = await findUserByEmail(sql, email);
    if (!user || user.id !== userId || !(await mayJoin(sql, user, { role, agencyId })))
      return { ok: false as const, reason: 'link_used' as const };
    const won = await sql.run(q('invitations').where({ id }).whereNull('accepted_at').update({ accepted_at: now }));
    if (won !== 1) return { ok: false as const, reason: 'link_used' as const };
    await sql.run(
      q('memberships')
        .insert({ id: newId(), user_id: userId, agency_id: agencyId, role, created_at: now })
        .onConflict(['user_id', 'agency_id'])
        .ignore(),
    );
    await onJoined?.(sql);
    return { ok: true as const };
  });
  if (done.ok) deps.actors.dropUser(tenant, userId);
  return done;
}
