import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { STAFF_ROLES, type StaffRole } from './user.ts';

export interface SignInPolicy {
  /** Roles whose people must prove themselves by a second factor after a password. */
  readonly secondFactorRoles: readonly StaffRole[];
  /** 0 before anybody decided. */
  readonly version: number;
}

/** What the reseller decided about signing in by password; nothing at first. */
export async function readSignInPolicy(sql: TenantSql): Promise<SignInPolicy> {
  const row = await sql.one<{ roles: string[]; version: number }>(
    q('sign_in_policy').select({ roles: 'second_factor_roles', version: 'version' }),
  );
  return { secondFactorRoles: STAFF_ROLES.filter((role) => row?.roles.includes(role)), version: row?.version ?? 0 };
}

/** Decides anew; holds from the next sign-in on. @throws VersionChanged when it is not the version that was read */
export async function writeSignInPolicy(
  sql: TenantSql,
  policy: SignInPolicy,
  updatedBy: string | null,
): Promise<SignInPolicy> {
  const change = { second_factor_roles: [...new Set(policy.secondFactorRoles)], updated_by: updatedBy };
  const query =
    policy.version === 0
      ? q('sign_in_policy')
          .insert({ singleton: true, ...change })
          .onConflict('singleton')
          .ignore()
      : q('sign_in_policy')
          .where({ version: policy.version })
          .update({ ...change, updated_at: q.fn.now(), version: policy.version + 1 });
  if ((await sql.run(query)) !== 1) throw VersionChanged();
  return readSignInPolicy(sql);
}
