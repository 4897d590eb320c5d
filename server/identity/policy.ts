import type { Actor } from '../kernel/http/actor.ts';
import type { StaffRole } from './user.ts';

const INVITED_BY_AGENCY: readonly string[] = ['agency_admin', 'agent'];

/**
 * Which roles an actor may give to others. The agency itself is checked by the ability (own subtree), and that nobody gives rights he
 * does not have by `coversRights`.
 */
export function mayGiveRole(actor: Pick<Actor, 'role'>, role: string): boolean {
  if (actor.role === 'reseller_admin') return true;
  if (actor.role === 'reseller_staff') return role !== 'reseller_admin';
  return actor.role === 'agency_admin' && INVITED_BY_AGENCY.includes(role);
}

/** The reseller's people belong to no agency, an agency's to one. */
export const roleFitsAgency = (role: StaffRole, agencyId: string | null): boolean =>
  role.startsWith('reseller_') === (agencyId === null);
