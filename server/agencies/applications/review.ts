import { abilityFor, authorize, as, narrow } from '../../access/index.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound, ValidationFailed } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { VersionChanged } from '../../kernel/http/entity-tag.ts';
import { isUuid } from '../../kernel/ids.ts';
import { checkStep, type Application, type Check } from './application.ts';
import {
  findApplication,
  findDocument,
  insertEvent,
  listDocuments,
  listEvents,
  listSameTaxId,
  selectApplications,
  updateApplication,
} from './repository.ts';
import type { ApplicationQuery } from './schema.ts';

const COLUMNS = { agencyPath: 'a.path' };

/** Applications the actor may see, the newest first; never drafts, whose address nobody proved. */
export async function listApplications(sql: TenantSql, actor: Actor, filter: ApplicationQuery) {
  const query = narrow(selectApplications(), abilityFor(actor), 'read', 'AgencyApplication', COLUMNS)
    .whereNot('p.state', 'draft')
    .orderBy('p.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.state) query.where('p.state', filter.state);
  if (filter.search) query.whereILike('p.company_name', `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`);
  if (filter.cursor !== undefined) query.where('p.id', '<', cursorId(filter.cursor));
  const found = await sql.all<Omit<Application, 'details' | 'terms'>>(query);
  const rows = found.slice(0, filter.limit);
  return { rows, next: found.length > filter.limit ? (rows.at(-1)?.id ?? null) : null };
}

function cursorId(cursor: string): string {
  if (isUuid(cursor)) return cursor;
  throw ValidationFailed({
    errors: [{ pointer: '?cursor', code: 'invalid', detail: 'cursor must be the `next` of a page of this list.' }],
  });
}

/** An application the actor may see. @throws NotFound */
export async function readApplication(
  sql: TenantSql,
  actor: Actor,
  id: string,
  options: { lock?: boolean } = {},
): Promise<Application> {
  const found = await findApplication(sql, id, options);
  const application = found?.state === 'draft' ? undefined : found;
  authorize(actor, 'read', 'AgencyApplication', application);
  return application;
}

/** All that a reviewer is shown of one. @throws NotFound */
export async function readWithPapers(sql: TenantSql, actor: Actor, id: string) {
  const application = await readApplication(sql, actor, id);
  const [documents, events, same] = [
    await listDocuments(sql, id),
    await listEvents(sql, id),
    await listSameTaxId(sql, application),
  ];
  const ability = abilityFor(actor);
  const sameTaxId = same.filter((other) => ability.can('read', as('AgencyApplication', other)));
  return { application, documents, events, sameTaxId };
}

/** A paper with its content. @throws NotFound */
export async function readDocument(
  sql: TenantSql,
  actor: Actor,
  { id, documentId }: { id: string; documentId: string },
) {
  await readApplication(sql, actor, id);
  const document = await findDocument(sql, id, documentId);
  if (!document) throw NotFound({ what: 'This document' });
  return document;
}

export interface Reviewing {
  database: Database;
}

/**
 * Runs a reviewer's step on the application, locked, if it is still the version the reviewer read: of two at once the second is told.
 * @throws NotFound, Forbidden, VersionChanged
 */
export function reviewing<T>(
  { database }: Reviewing,
  tenant: Tenant,
  actor: Actor,
  at: { id: string; version: number; action: 'update' | 'approve' },
  work: (sql: TenantSql, application: Application) => Promise<T>,
): Promise<T> {
  return database.withTenant(tenant, async (sql) => {
    const application = await readApplication(sql, actor, at.id, { lock: true });
    authorize(actor, at.action, 'AgencyApplication', application);
    if (application.version !== at.version) throw VersionChanged();
    return work(sql, application);
  });
}

/** Ticks what was looked at. @throws NotFound, Forbidden, VersionChanged, StepRefused */
export const setChecks = (
  deps: Reviewing,
  tenant: Tenant,
  actor: Actor,
  { id, version, checks }: { id: string; version: number; checks: readonly Check[] },
  audit: AuditPen = noAudit,
): Promise<void> =>
  reviewing(deps, tenant, actor, { id, version, action: 'update' }, async (sql, application) => {
    checkStep(application, 'check');
    const next = [...new Set(checks)];
    await updateApplication(sql, id, { checks: next });
    audit.note({
      subject: { label: application.companyName },
      before: { checks: application.checks.join(' ') },
      after: { checks: next.join(' ') },
    });
  });

/** A note for those who review; needs no version, as it overwrites nothing. @throws NotFound, Forbidden */
export async function addNote(
  { database }: Reviewing,
  tenant: Tenant,
  actor: Actor,
  { id, text }: { id: string; text: string },
): Promise<void> {
  await database.withTenant(tenant, async (sql) => {
    authorize(actor, 'update', 'AgencyApplication', await readApplication(sql, actor, id));
    await insertEvent(sql, id, { kind: 'note', actor, text });
  });
}
