import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { recordConsent } from './consents.ts';
import { issueLinkToken } from './link-token.ts';
import type { Passwords } from './password.ts';
import { findUserByEmail, insertUser } from './repository.ts';
import { requestPasswordReset } from './reset-password.ts';

interface Deps {
  database: Database;
  passwords: Passwords;
  clock: Clock;
}

export interface Registration {
  email: string;
  password: string;
  givenName: string;
  familyName: string;
  locale: string;
}

/**
 * Opens a customer's account at a brand; on an agency's brand the customer is that agency's. Answers the id, or undefined when the
 * address has an account already: the page says the same in both cases, and the account's owner gets a link to choose a new password.
 */
export async function registerCustomer(
  deps: Deps,
  scope: { tenant: Tenant; brand: Brand },
  input: Registration,
): Promise<string | undefined> {
  const { tenant, brand } = scope;
  const passwordHash = await deps.passwords.hash(input.password);
  return deps.database.withTenant(tenant, async (sql) => {
    const id = newId();
    const created = await insertUser(sql, {
      id,
      email: input.email,
      passwordHash,
      givenName: input.givenName,
      familyName: input.familyName,
      role: 'customer',
      agencyId: brand.agencyId,
      locale: input.locale,
      emailVerifiedAt: null,
    });
    if (!created) {
      await requestPasswordReset(sql, brand, { email: input.email, locale: input.locale, now: deps.clock.now() });
      return undefined;
    }
    const now = deps.clock.now();
    await recordConsent(sql, { userId: id, brand, locale: input.locale, at: now });
    await requestVerification(sql, brand, { email: input.email, locale: input.locale, now });
    return id;
  });
}

/** Sends the link that proves the address; nothing for an unknown or proven one. */
export async function requestVerification(
  sql: TenantSql,
  brand: Brand,
  input: { email: string; locale: string; now: Date },
): Promise<void> {
  const user = await findUserByEmail(sql, input.email);
  if (!user || user.emailVerifiedAt) return;
  const { token, expiresAt } = await issueLinkToken(sql, user.id, 'verify_email', input.now);
  await emitEvent(sql, {
    kind: 'identity.email_verification_requested@1',
    payload: { userId: user.id, brandId: brand.id, locale: input.locale, expiresAt: expiresAt.toISOString() },
    personal: {
      recipient: user.email,
      recipientName: user.givenName,
      url: `${brand.origin}/account/verify-email?token=${token}`,
    },
  });
}
