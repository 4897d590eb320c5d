import { digest } from '../../kernel/crypto/vault.ts';
import { bound, type SealedTable } from '../../kernel/crypto/sealed-table.ts';
import { json, q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import type { Application, ApplicationDetails, DocumentKind } from './application.ts';

const DETAILS = 'agency_applications.details';
const ADDRESS = 'agency_applications.terms_address';
const EMAIL = 'agency_applications.email';
const TAX_ID = 'agency_applications.tax_id';
const CONTENT = 'agency_application_documents.content';
const ACTOR = 'agency_application_events.actor';
const TEXT = 'agency_application_events.text';

/** What of applications is sealed: people, bank accounts, papers, and what was said about them. */
export const sealedTables: readonly SealedTable[] = [
  {
    table: 'agency_applications',
    key: 'id',
    columns: [bound('details_encrypted', DETAILS), bound('terms_address_encrypted', ADDRESS)],
  },
  { table: 'agency_application_documents', key: 'id', columns: [bound('content_encrypted', CONTENT)] },
  {
    table: 'agency_application_events',
    key: 'id',
    columns: [bound('actor_encrypted', ACTOR), bound('text_encrypted', TEXT)],
  },
];

interface Row extends Omit<Application, 'details' | 'terms'> {
  detailsSealed: string;
  termsVersion: string;
  termsAcceptedAt: Date;
  termsAddressSealed: string;
}

/** Applications with the agency whose brand they came in at. */
export const selectApplications = () =>
  q('agency_applications as p')
    .leftJoin('agencies as a', 'a.id', 'p.parent_agency_id')
    .select({
      id: 'p.id',
      brandId: 'p.brand_id',
      parentAgencyId: 'p.parent_agency_id',
      parentName: 'a.name',
      agencyPath: q.raw(`coalesce(a.path, '/')`),
      state: 'p.state',
      companyName: 'p.company_name',
      country: 'p.country',
      locale: 'p.locale',
      detailsSealed: 'p.details_encrypted',
      termsVersion: 'p.terms_version',
      termsAcceptedAt: 'p.terms_accepted_at',
      termsAddressSealed: 'p.terms_address_encrypted',
      checks: 'p.checks',
      tokenExpiresAt: 'p.token_expires_at',
      submittedAt: 'p.submitted_at',
      decidedAt: 'p.decided_at',
      agencyId: 'p.agency_id',
      createdAt: 'p.created_at',
      updatedAt: 'p.updated_at',
      version: 'p.version',
    });

function open(sql: TenantSql, row: Row): Application {
  const { detailsSealed, termsVersion, termsAcceptedAt, termsAddressSealed, ...rest } = row;
  return {
    ...rest,
    details: JSON.parse(sql.vault.open(DETAILS, detailsSealed, row.id)) as ApplicationDetails,
    terms: {
      version: termsVersion,
      acceptedAt: termsAcceptedAt,
      address: sql.vault.open(ADDRESS, termsAddressSealed, row.id),
    },
  };
}

export async function findApplication(
  sql: TenantSql,
  id: string,
  { lock = false } = {},
): Promise<Application | undefined> {
  const query = selectApplications().where('p.id', id);
  const row = await sql.one<Row>(lock ? query.forUpdate('p') : query);
  return row && open(sql, row);
}

/** The application a mailed link opens, locked if it is to be changed. */
export async function findByToken(
  sql: TenantSql,
  token: string,
  now: Date,
  { lock = false } = {},
): Promise<Application | undefined> {
  const query = selectApplications().where('p.token_hash', digest(token)).where('p.token_expires_at', '>', now);
  const row = await sql.one<Row>(lock ? query.forUpdate('p') : query);
  return row && open(sql, row);
}

const detailColumns = (sql: TenantSql, id: string, details: ApplicationDetails) => ({
  company_name: details.companyName,
  country: details.address.country,
  details_encrypted: sql.vault.seal(DETAILS, json(details), id),
  email_index: sql.vault.index(EMAIL, details.contact.email),
  tax_index: sql.vault.index(TAX_ID, details.taxId),
});

export async function insertApplication(
  sql: TenantSql,
  given: {
    id: string;
    brandId: string;
    parentAgencyId: string | null;
    locale: string;
    details: ApplicationDetails;
    token: string;
    tokenExpiresAt: Date;
    terms: { version: string; acceptedAt: Date; address: string };
  },
): Promise<void> {
  await sql.run(
    q('agency_applications').insert({
      id: given.id,
      brand_id: given.brandId,
      parent_agency_id: given.parentAgencyId,
      state: 'draft',
      locale: given.locale,
      ...detailColumns(sql, given.id, given.details),
      token_hash: digest(given.token),
      token_expires_at: given.tokenExpiresAt,
      terms_version: given.terms.version,
      terms_accepted_at: given.terms.acceptedAt,
      terms_address_encrypted: sql.vault.seal(ADDRESS, given.terms.address, given.id),
    }),
  );
}

/** How many applications an address began since then. */
export async function countByEmail(sql: TenantSql, email: string, since: Date): Promise<number> {
  const row = await sql.one<{ count: number }>(
    q('agency_applications')
      .where({ email_index: sql.vault.index(EMAIL, email) })
      .where('created_at', '>', since)
      .select(q.raw('count(*)::int as count')),
  );
  return row?.count ?? 0;
}

/** Changes a row that the caller holds locked. */
export async function updateApplication(sql: TenantSql, id: string, change: Record<string, unknown>): Promise<void> {
  await sql.run(
    q('agency_applications')
      .where({ id })
      .update({ ...change, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
}

export const writeDetails = (sql: TenantSql, id: string, details: ApplicationDetails): Promise<void> =>
  updateApplication(sql, id, detailColumns(sql, id, details));

export interface DocumentRow {
  id: string;
  kind: DocumentKind;
  contentType: 'application/pdf' | 'image/png';
  bytes: number;
  createdAt: Date;
}
const DOCUMENT = { id: 'id', kind: 'kind', contentType: 'content_type', bytes: 'bytes', createdAt: 'created_at' };

export const listDocuments = (sql: TenantSql, applicationId: string) =>
  sql.all<DocumentRow>(
    q('agency_application_documents').where({ application_id: applicationId }).orderBy('id').select(DOCUMENT),
  );

export async function insertDocument(
  sql: TenantSql,
  applicationId: string,
  file: Pick<DocumentRow, 'kind' | 'contentType'> & { data: Buffer; digest: string },
): Promise<string> {
  const id = newId();
  await sql.run(
    q('agency_application_documents').insert({
      id,
      application_id: applicationId,
      kind: file.kind,
      content_type: file.contentType,
      content_encrypted: sql.vault.seal(CONTENT, file.data.toString('base64'), id),
      bytes: file.data.length,
      digest: file.digest,
    }),
  );
  return id;
}

export const deleteDocument = (sql: TenantSql, applicationId: string, id: string): Promise<number> =>
  sql.run(q('agency_application_documents').where({ id, application_id: applicationId }).delete());

/** A document with its content, if it is this application's. */
export async function findDocument(sql: TenantSql, applicationId: string, id: string) {
  const row = await sql.one<DocumentRow & { sealed: string }>(
    q('agency_application_documents')
      .where({ id, application_id: applicationId })
      .select({ ...DOCUMENT, sealed: 'content_encrypted' }),
  );
  if (!row) return undefined;
  const { sealed, ...document } = row;
  return { ...document, data: Buffer.from(sql.vault.open(CONTENT, sealed, id), 'base64') };
}

export type EventKind = 'submitted' | 'note' | 'information_requested' | 'approved' | 'rejected';
export interface EventRow {
  id: string;
  kind: EventKind;
  /** Null: the applicant. */
  actor: string | null;
  text: string | null;
  createdAt: Date;
}

export async function insertEvent(
  sql: TenantSql,
  applicationId: string,
  event: { kind: EventKind; actor: { id: string | null; name: string } | null; text: string | null },
): Promise<void> {
  const id = newId();
  await sql.run(
    q('agency_application_events').insert({
      id,
      application_id: applicationId,
      kind: event.kind,
      actor_id: event.actor?.id ?? null,
      actor_encrypted: event.actor ? sql.vault.seal(ACTOR, event.actor.name, id) : null,
      text_encrypted: event.text === null ? null : sql.vault.seal(TEXT, event.text, id),
    }),
  );
}

export async function listEvents(sql: TenantSql, applicationId: string): Promise<EventRow[]> {
  const rows = await sql.all<EventRow>(
    q('agency_application_events')
      .where({ application_id: applicationId })
      .orderBy('id')
      .select({ id: 'id', kind: 'kind', actor: 'actor_encrypted', text: 'text_encrypted', createdAt: 'created_at' }),
  );
  const opened = (column: string, value: string | null, id: string) =>
    value === null ? null : sql.vault.open(column, value, id);
  return rows.map((row) => ({
    ...row,
    actor: opened(ACTOR, row.actor, row.id),
    text: opened(TEXT, row.text, row.id),
  }));
}

/** Other applications that gave the same tax id, drafts aside. */
export const listSameTaxId = (sql: TenantSql, { id, details }: Application) =>
  sql.all<Pick<Application, 'id' | 'companyName' | 'state' | 'agencyPath'>>(
    q('agency_applications as p')
      .leftJoin('agencies as a', 'a.id', 'p.parent_agency_id')
      .where('p.tax_index', sql.vault.index(TAX_ID, details.taxId))
      .whereNot('p.id', id)
      .whereNot('p.state', 'draft')
      .orderBy('p.id', 'desc')
      .limit(10)
      .select({
        id: 'p.id',
        companyName: 'p.company_name',
        state: 'p.state',
        agencyPath: q.raw(`coalesce(a.path, '/')`),
      }),
  );

/** Forgets drafts whose link ended long ago, and refused applications a year after the decision. */
export const purgeApplications = (sql: TenantSql, now: Date): Promise<number> =>
  sql.run(
    q('agency_applications')
      .where(
        (any) =>
          void any
            .where((draft) => void draft.where('state', 'draft').where('token_expires_at', '<', now))
            .orWhere(
              (refused) =>
                void refused
                  .where('state', 'rejected')
                  .where('decided_at', '<', new Date(now.getTime() - 365 * 86_400_000)),
            ),
      )
      .delete(),
  );
