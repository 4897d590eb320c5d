import type { TenantSql } from '../kernel/database/sql.ts';
import { findUserById } from './repository.ts';

/** Somebody a mail may go to. */
export interface ReachablePerson {
  email: string;
  name: string;
  locale: string;
}

/** An active person with a proven address; undefined for anybody else. */
export async function reachablePerson(sql: TenantSql, userId: string): Promise<ReachablePerson | undefined> {
  const user = await findUserById(sql, userId);
  if (!user || user.state !== 'active' || user.erasedAt !== null || user.emailVerifiedAt === null) return undefined;
  const { email, givenName, familyName, locale } = user;
  return { email, name: givenName || familyName || email, locale };
}
