import type { TenantSql } from '../../kernel/database/sql.ts';
import { findUserByEmail, type UserRow } from '../repository.ts';
import { domainOf, type IdentityProvider } from './provider.ts';
import { findProviderOfDomain } from './repository.ts';

type Known = Pick<UserRow, 'id' | 'email' | 'role'>;

const mustUse = (provider: IdentityProvider | undefined, user: Known): boolean =>
  provider !== undefined && provider.enforced && user.role !== 'customer' && provider.emergencyUserId !== user.id;

/** The provider a member of staff must sign in at, by the domain of its address; undefined where the password is enough. */
export async function enforcedFor(sql: TenantSql, user: Known): Promise<IdentityProvider | undefined> {
  const provider = await findProviderOfDomain(sql, domainOf(user.email));
  return mustUse(provider, user) ? provider : undefined;
}

/**
 * The provider that whoever types this address is sent to. Unknown addresses of an enforced domain go there too; customers and the
 * administrator for emergencies keep their password.
 */
export async function enforcedForAddress(sql: TenantSql, email: string): Promise<IdentityProvider | undefined> {
  const provider = await findProviderOfDomain(sql, domainOf(email));
  if (!provider?.enforced) return undefined;
  const user = await findUserByEmail(sql, email);
  return !user || mustUse(provider, user) ? provider : undefined;
}

/** The provider a person got past by the way in that is kept for the day it fails; undefined for everybody else. */
export async function emergencyAccess(sql: TenantSql, user: Known): Promise<IdentityProvider | undefined> {
  const provider = await findProviderOfDomain(sql, domainOf(user.email));
  return provider?.enforced && provider.emergencyUserId === user.id ? provider : undefined;
}
