import type { Actor } from '../../kernel/http/actor.ts';
import { CHECKS, mayStep, rightsOn, type Application } from './application.ts';
import type { DocumentRow, EventRow } from './repository.ts';
import type { ApplicationView, OwnApplicationView } from './schema.ts';

export const presentDocument = ({ id, kind, contentType, bytes, createdAt }: DocumentRow) => ({
  id,
  kind,
  contentType,
  bytes,
  createdAt: createdAt.toISOString(),
});

/** What the applicant may read: no check, note or name of a reviewer. */
export function presentOwn(
  application: Application,
  documents: readonly DocumentRow[],
  events: readonly EventRow[],
): OwnApplicationView {
  const told = events.filter(({ kind }) => kind === 'information_requested' || kind === 'rejected').at(-1);
  const isOpen = application.state === 'information_requested' || application.state === 'rejected';
  return {
    state: application.state,
    details: application.details,
    documents: documents.map(presentDocument),
    reviewerMessage: isOpen ? (told?.text ?? null) : null,
    editable: mayStep(application.state, 'edit'),
    linkExpiresAt: application.tokenExpiresAt.toISOString(),
  };
}

export const presentSummary = (application: Omit<Application, 'details' | 'terms'>) => ({
  id: application.id,
  companyName: application.companyName,
  country: application.country,
  state: application.state,
  parent:
    application.parentAgencyId === null ? null : { id: application.parentAgencyId, name: application.parentName ?? '' },
  checksDone: CHECKS.filter((check) => application.checks.includes(check)).length,
  checksTotal: CHECKS.length,
  submittedAt: application.submittedAt?.toISOString() ?? null,
  updatedAt: application.updatedAt.toISOString(),
});

/** Everything, for who reviews. */
export function presentApplication(
  actor: Actor,
  read: {
    application: Application;
    documents: readonly DocumentRow[];
    events: readonly EventRow[];
    sameTaxId: ReadonlyArray<Pick<Application, 'id' | 'companyName' | 'state'>>;
  },
): ApplicationView {
  const { application } = read;
  return {
    ...presentSummary(application),
    details: application.details,
    terms: { ...application.terms, acceptedAt: application.terms.acceptedAt.toISOString() },
    checks: CHECKS.filter((check) => application.checks.includes(check)),
    documents: read.documents.map(presentDocument),
    events: read.events.map((event) => ({ ...event, createdAt: event.createdAt.toISOString() })),
    sameTaxId: read.sameTaxId.map(({ id, companyName, state }) => ({ id, companyName, state })),
    agencyId: application.agencyId,
    may: rightsOn(actor, application),
    version: application.version,
  };
}
