import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { EmailTaken } from './errors.ts';
import type { Passwords } from './password.ts';
import { insertUser } from './repository.ts';
import { normaliseEmail, type UserRole } from './user.ts';

export interface UserInput {
  email: string;
  password: string;
  givenName: string;
  familyName: string;
  role: UserRole;
  agencyId: string | null;
  locale?: string;
}

/** Makes an account with a proven address at once: for seeds and operators. @throws EmailTaken */
export async function createUser(
  deps: { passwords: Passwords },
  sql: TenantSql,
  input: UserInput,
): Promise<{ id: string }> {
  const id = newId();
  const email = normaliseEmail(input.email);
  const passwordHash = await deps.passwords.hash(input.password);
  const created = await insertUser(sql, {
    ...input,
    id,
    email,
    passwordHash,
    locale: input.locale ?? 'en',
    emailVerifiedAt: new Date(),
  });
  if (!created) throw EmailTaken({ email });
  return { id };
}
