import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { isUsable, mayUseBrand, type StaffRole, type User } from './user.ts';

/** A person in one of its agencies: the account's own (`membershipId` null), or a further one. */
export type Seat<U extends User = User> = U & { readonly membershipId: string | null };

/** Roles a person may have in several agencies. The reseller's people see all of them anyway. */
export const worksForAgency = (role: string): boolean => role === 'agency_admin' || role === 'agent';

interface SeatRow {
  membershipId: string;
  role: StaffRole;
  agencyId: string;
  agencyPath: string;
  agencyState: string;
}

/** All places of a person, the account's own first. A suspended account has none that can be used. */
export async function seatsOf<U extends User>(sql: TenantSql, user: U): Promise<Array<Seat<U>>> {
  const home = { ...user, membershipId: null };
  if (!worksForAgency(user.role)) return [home];
  const rows = await sql.all<SeatRow>(
    q('memberships as m')
      .join('agencies as a', 'a.id', 'm.agency_id')
      .where('m.user_id', user.id)
      .whereNot('m.agency_id', user.agencyId)
      .whereIn('m.role', ['agency_admin', 'agent'])
      .orderBy('m.id')
      .select({
        membershipId: 'm.id',
        role: 'm.role',
        agencyId: 'm.agency_id',
        agencyPath: 'a.path',
        agencyState: 'a.state',
      }),
  );
  return [home, ...rows.map((row) => ({ ...user, ...row, permissionSetId: null, permissions: null }))];
}

export const isUsableAt = (seat: User, brand: { agencyId: string | null }): boolean =>
  isUsable(seat) && mayUseBrand(seat, brand);

/** Whether a person may be signed in at a brand, in whichever of its agencies. */
export async function maySignInAt(sql: TenantSql, user: User, brand: { agencyId: string | null }): Promise<boolean> {
  return isUsableAt(user, brand) || (await seatsOf(sql, user)).some((seat) => isUsableAt(seat, brand));
}
