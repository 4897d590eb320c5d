import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { Brand, RequestContext, Tenant } from '../../kernel/http/context.ts';
import type { FairShare } from '../../kernel/http/fair-share.ts';
import { takeDocument } from '../../kernel/uploads/take-document.ts';
import { checkStep, type Application, type DocumentKind } from './application.ts';
import { linkOf } from './apply.ts';
import { DocumentsMissing, LinkInvalid, TooManyDocuments } from './errors.ts';
import {
  deleteDocument,
  findByToken,
  insertDocument,
  insertEvent,
  listDocuments,
  updateApplication,
  writeDetails,
} from './repository.ts';
import type { ApplicationChange } from './schema.ts';
import { tellStep } from './tell-applicant.ts';

const MAX_DOCUMENTS = 8;

export interface CompleteDeps {
  database: Database;
  clock: Clock;
  /** Drawing takes a core: a tenant draws one picture at a time. */
  drawing: FairShare;
}
type Where = Pick<RequestContext, 'tenant' | 'brand'>;

/** The application a link opens, on the brand it was made at. @throws LinkInvalid */
export async function readOwn(
  sql: TenantSql,
  clock: Clock,
  brand: Brand,
  token: string,
  options: { lock?: boolean } = {},
): Promise<Application> {
  const application = await findByToken(sql, token, clock.now(), options);
  if (!application || application.brandId !== brand.id) throw LinkInvalid();
  return application;
}

/** Runs a change of the application that a link opens, locked, while it may still be edited. */
function editing<T>(
  { database, clock }: CompleteDeps,
  { tenant, brand }: Where,
  token: string,
  work: (sql: TenantSql, application: Application) => Promise<T>,
): Promise<T> {
  return database.withTenant(tenant, async (sql) => {
    const application = await readOwn(sql, clock, brand, token, { lock: true });
    checkStep(application, 'edit');
    return work(sql, application);
  });
}

/** Replaces what the applicant told; the address stays the one that was proven. @throws LinkInvalid, StepRefused */
export const changeOwn = (deps: CompleteDeps, where: Where, token: string, change: ApplicationChange): Promise<void> =>
  editing(deps, where, token, (sql, { id, details }) =>
    writeDetails(sql, id, { ...change, contact: { ...change.contact, email: details.contact.email } }),
  );

/** Adds a paper. @throws LinkInvalid, StepRefused, TooManyDocuments and what `takeDocument` refuses */
export async function addDocument(
  deps: CompleteDeps,
  where: Where & { sql: TenantSql },
  token: string,
  { kind, data }: { kind: DocumentKind; data: Buffer },
): Promise<void> {
  // Before a picture is drawn: a stranger's upload must not cost a core.
  checkStep(await readOwn(where.sql, deps.clock, where.brand, token), 'edit');
  const taken = await takeDocument(deps.drawing, where.tenant.id, data);
  await editing(deps, where, token, async (sql, { id }) => {
    if ((await listDocuments(sql, id)).length >= MAX_DOCUMENTS) throw TooManyDocuments({ limit: MAX_DOCUMENTS });
    await insertDocument(sql, id, { kind, ...taken });
  });
}

/** @throws LinkInvalid, StepRefused, NotFound */
export const removeDocument = (deps: CompleteDeps, where: Where, token: string, documentId: string): Promise<void> =>
  editing(deps, where, token, async (sql, { id }) => {
    if ((await deleteDocument(sql, id, documentId)) === 0) throw NotFound({ what: 'This document' });
  });

/**
 * Puts the application into the queue: using the mailed link proves the address. The applicant and the brand's own address hear of it.
 * @throws LinkInvalid, StepRefused, DocumentsMissing
 */
export function submitOwn(
  deps: CompleteDeps,
  { tenant, brand }: { tenant: Tenant; brand: Brand },
  token: string,
): Promise<void> {
  return deps.database.withTenant(tenant, async (sql) => {
    const application = await readOwn(sql, deps.clock, brand, token, { lock: true });
    checkStep(application, 'submit');
    const documents = await listDocuments(sql, application.id);
    if (!documents.some(({ kind }) => kind === 'licence' || kind === 'registration')) throw DocumentsMissing();
    await updateApplication(sql, application.id, { state: 'submitted', submitted_at: deps.clock.now() });
    await insertEvent(sql, application.id, { kind: 'submitted', actor: null, text: null });
    await tellStep(sql, 'submitted', application, { url: linkOf(brand.origin, token) });
    const office = brand.legal['email'];
    if (office)
      await tellStep(
        sql,
        'waiting',
        { ...application, locale: brand.defaultLocale === 'es' ? 'es' : 'en' },
        {
          recipient: office,
          recipientName: brand.name,
          url: `${brand.origin}/console/agency-applications/${application.id}`,
        },
      );
  });
}
