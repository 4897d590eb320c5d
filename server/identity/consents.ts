import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';

/** Of terms of use and privacy notice, where a brand names none of its own (`settings.termsVersion`). */
const FIRST_VERSION = '1';

export interface Consent {
  document: string;
  version: string;
  locale: string;
  acceptedAt: Date;
}

/** Notes that a person accepted the brand's terms, and which. */
export async function recordConsent(
  sql: TenantSql,
  input: {
    userId: string;
    brand: { id: string; settings: Readonly<Record<string, string>> };
    locale: string;
    at: Date;
  },
): Promise<void> {
  await sql.run(
    q('consents').insert({
      id: newId(),
      user_id: input.userId,
      document: 'terms',
      version: input.brand.settings.termsVersion ?? FIRST_VERSION,
      locale: input.locale,
      brand_id: input.brand.id,
      accepted_at: input.at,
    }),
  );
}

export const listConsents = (sql: TenantSql, userId: string): Promise<Consent[]> =>
  sql.all(
    q('consents')
      .where({ user_id: userId })
      .orderBy('accepted_at')
      .limit(100)
      .select({ document: 'document', version: 'version', locale: 'locale', acceptedAt: 'accepted_at' }),
  );
