import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { newId, newSecret } from '../../kernel/ids.ts';
import type { ApplicationDetails } from './application.ts';
import { countByEmail, insertApplication } from './repository.ts';
import type { ApplicationCreate } from './schema.ts';
import { tellStep } from './tell-applicant.ts';

/** How long a mailed link opens an application. */
export const LINK_MS = 14 * 86_400_000;
/** A stranger may have a person mailed this often in a day, and no more. */
const MAILS_A_DAY = 3;

export const linkOf = (origin: string, token: string): string => `${origin}/partners/application?access=${token}`;

/**
 * Takes an application in as a draft and mails the link that proves the address and leads on. Nothing is looked up of who else has that
 * address, so the answer cannot tell.
 */
export async function apply(
  { database, clock }: { database: Database; clock: Clock },
  { tenant, brand, ip }: Pick<RequestContext, 'tenant' | 'brand' | 'ip'>,
  input: ApplicationCreate,
): Promise<void> {
  const { acceptedTerms, locale, ...given } = input;
  const details: ApplicationDetails = {
    ...given,
    contact: { ...given.contact, email: given.contact.email.toLowerCase() },
  };
  const now = clock.now();
  await database.withTenant(tenant, async (sql) => {
    if ((await countByEmail(sql, details.contact.email, new Date(now.getTime() - 86_400_000))) >= MAILS_A_DAY) return;
    const id = newId();
    const token = newSecret();
    const tokenExpiresAt = new Date(now.getTime() + LINK_MS);
    const terms = { version: acceptedTerms, acceptedAt: now, address: ip };
    const parentAgencyId = brand.agencyId;
    await insertApplication(sql, {
      id,
      brandId: brand.id,
      parentAgencyId,
      locale,
      details,
      token,
      tokenExpiresAt,
      terms,
    });
    await tellStep(
      sql,
      'started',
      { id, brandId: brand.id, locale, details },
      { url: linkOf(brand.origin, token), expiresAt: tokenExpiresAt },
    );
  });
}
