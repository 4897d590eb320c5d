import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { STAFF_ROLES, type StaffRole } from './user.ts';

/** Roles whose people must have a second factor, as the reseller decided; none at first. */
export async function readSignInPolicy(sql: TenantSql): Promise<{ secondFactorRoles: StaffRole[] }> {
  const row = await sql.one<{ roles: string[] }>(q('sign_in_policy').select({ roles: 'second_factor_roles' }));
  return { secondFactorRoles: STAFF_ROLES.filter((role) => row?.roles.includes(role)) };
}

export async function writeSignInPolicy(
  sql: TenantSql,
  policy: { secondFactorRoles: readonly StaffRole[] },
  updatedBy: string | null,
): Promise<void> {
  const change = { second_factor_roles: [...policy.secondFactorRoles], updated_by: updatedBy };
  await sql.run(
    q('sign_in_policy')
      .insert({ singleton: true, ...change })
      .onConflict('singleton')
      .merge({ ...change, updated_at: q.fn.now() }),
  );
}
