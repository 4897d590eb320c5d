import type { TenantSql } from '../../kernel/database/sql.ts';
import { newId, newSecret } from '../../kernel/ids.ts';
import { TERMS_VERSION } from './application.ts';
import { insertApplication, insertDocument, insertEvent, updateApplication } from './repository.ts';
import { ApplicationCreate } from './schema.ts';

/** A complete application of a company that exists on paper only; each with an address of its own. */
export const anApplication = (over: { email?: string; companyName?: string } = {}) => ({
  companyName: over.companyName ?? 'Viajes Alba SL',
  legalForm: 'company',
  taxId: 'B58378431',
  licenceNumber: 'CICMA 1234',
  iban: 'ES91 2100 0418 4502 0005 1332',
  bic: 'CAIXESBB',
  address: { street: 'Calle Mayor 1', postalCode: '28013', city: 'Madrid', country: 'ES' },
  contact: {
    givenName: 'Lucía',
    familyName: 'Sanz',
    phone: '+34 600 000 001',
    email: over.email ?? `lucia-${newId().slice(-8)}@alba.test`,
  },
  website: null,
  expectedMonthlyBookings: '20_to_100',
  message: null,
  acceptedTerms: TERMS_VERSION,
  locale: 'es',
});

/** The smallest thing that is a PDF by its content. */
export const DOCUMENT = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** An application that was sent in at a brand, with its licence. */
export async function aSubmittedApplication(
  sql: TenantSql,
  brand: { id: string; agencyId: string | null },
): Promise<{ id: string; documentId: string }> {
  const { acceptedTerms, locale, ...details } = ApplicationCreate.parse(anApplication());
  const [id, now] = [newId(), new Date()];
  await insertApplication(sql, {
    id,
    brandId: brand.id,
    parentAgencyId: brand.agencyId,
    locale,
    details,
    token: newSecret(),
    tokenExpiresAt: new Date(now.getTime() + 86_400_000),
    terms: { version: acceptedTerms, acceptedAt: now, address: '127.0.0.1' },
  });
  const file = { kind: 'licence', contentType: 'application/pdf', data: DOCUMENT, digest: 'x' } as const;
  const documentId = await insertDocument(sql, id, file);
  await updateApplication(sql, id, { state: 'submitted', submitted_at: now });
  await insertEvent(sql, id, { kind: 'submitted', actor: null, text: null });
  return { id, documentId };
}
