import type { Tier } from './agencies.ts';
import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

export const AGENCY_APPLICATION_STATES = ['submitted', 'information_requested', 'approved', 'rejected'] as const;
export type AgencyApplicationState = (typeof AGENCY_APPLICATION_STATES)[number];
export const CHECKS = ['company', 'tax_id', 'licence', 'bank_account', 'insurance', 'contact'] as const;
export type Check = (typeof CHECKS)[number];

export type AgencyApplicationSummary = {
  id: string;
  companyName: string;
  country: string;
  state: AgencyApplicationState;
  /** Whose brand it came in at; null: the reseller's own. */
  parent: { id: string; name: string } | null;
  checksDone: number;
  checksTotal: number;
  submittedAt: string | null;
  updatedAt: string;
};
export type AgencyApplication = AgencyApplicationSummary & {
  details: {
    companyName: string;
    legalForm: string;
    taxId: string;
    licenceNumber: string;
    iban: string;
    bic: string | null;
    address: { street: string; postalCode: string; city: string; country: string };
    contact: { givenName: string; familyName: string; email: string; phone: string };
    website: string | null;
    expectedMonthlyBookings: string;
    message: string | null;
  };
  terms: { version: string; acceptedAt: string; address: string };
  checks: Check[];
  documents: { id: string; kind: string; contentType: string; bytes: number; createdAt: string }[];
  events: { id: string; kind: string; actor: string | null; text: string | null; createdAt: string }[];
  sameTaxId: { id: string; companyName: string; state: AgencyApplicationState }[];
  agencyId: string | null;
  may: { check: boolean; note: boolean; requestInformation: boolean; approve: boolean; reject: boolean };
  version: number;
};

const at = (id: string, rest = '') => `/agency-applications/${encodeURIComponent(id)}${rest}`;

export const createAgencyApplicationsApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) =>
    http.get<Page<AgencyApplicationSummary>>('/agency-applications', query, signal),
  read: (id: string) => http.get<AgencyApplication>(at(id)),
  documentUrl: (id: string, documentId: string) => `/api/v1${at(id, `/documents/${encodeURIComponent(documentId)}`)}`,
  setChecks: (id: string, checks: readonly Check[], version: number) =>
    http.put<AgencyApplication>(at(id, '/checks'), { checks }, { version }),
  note: (id: string, text: string) => http.post<AgencyApplication>(at(id, '/notes'), { text }),
  askForMore: (id: string, message: string, version: number) =>
    http.post<AgencyApplication>(at(id, '/information-requests'), { message }, { version }),
  reject: (id: string, message: string, version: number) =>
    http.post<AgencyApplication>(at(id, '/reject'), { message }, { version }),
  approve: (id: string, place: { parentId: string | null; tier: Tier }, version: number, idempotencyKey: string) =>
    http.post<AgencyApplication>(at(id, '/approve'), place, { version, idempotencyKey }),
});
