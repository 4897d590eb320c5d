import type { Actor } from '../../kernel/http/actor.ts';
import { abilityFor, as } from '../../access/index.ts';
import { StepRefused } from './errors.ts';

export const APPLICATION_STATES = ['draft', 'submitted', 'information_requested', 'approved', 'rejected'] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

/** Version of the agreement an applicant accepts. A new text is a new version; what was accepted stays recorded. */
export const TERMS_VERSION = '2026-11';

/** What is looked at before a company may sell. */
export const CHECKS = ['company', 'tax_id', 'licence', 'bank_account', 'insurance', 'contact'] as const;
export type Check = (typeof CHECKS)[number];

export const LEGAL_FORMS = ['company', 'self_employed', 'cooperative', 'association', 'public_body', 'other'] as const;
export const VOLUMES = ['under_20', '20_to_100', '100_to_500', 'over_500'] as const;
export const DOCUMENT_KINDS = [
  'licence',
  'registration',
  'tax_certificate',
  'insurance',
  'bank_certificate',
  'identity',
  'other',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** All that an applicant tells of the company. Stored sealed, as one. */
export interface ApplicationDetails {
  companyName: string;
  legalForm: (typeof LEGAL_FORMS)[number];
  taxId: string;
  licenceNumber: string;
  iban: string;
  bic: string | null;
  address: { street: string; postalCode: string; city: string; country: string };
  contact: { givenName: string; familyName: string; email: string; phone: string };
  website: string | null;
  expectedMonthlyBookings: (typeof VOLUMES)[number];
  message: string | null;
}

export interface Application {
  readonly id: string;
  readonly brandId: string;
  /** Whose brand it came in at; null: the reseller's own. */
  readonly parentAgencyId: string | null;
  readonly parentName: string | null;
  /** Path of that agency; `/` for the reseller. */
  readonly agencyPath: string;
  readonly state: ApplicationState;
  readonly companyName: string;
  readonly country: string;
  readonly locale: 'en' | 'es';
  readonly details: ApplicationDetails;
  readonly terms: { version: string; acceptedAt: Date; address: string };
  readonly checks: readonly string[];
  readonly tokenExpiresAt: Date;
  readonly submittedAt: Date | null;
  readonly decidedAt: Date | null;
  readonly agencyId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

/** Which states a step leads from. What is not here is refused. */
const STEPS = {
  edit: ['draft', 'information_requested'],
  submit: ['draft', 'information_requested'],
  check: ['submitted', 'information_requested'],
  request_information: ['submitted'],
  approve: ['submitted'],
  reject: ['submitted', 'information_requested'],
} as const satisfies Record<string, readonly ApplicationState[]>;
export type Step = keyof typeof STEPS;

export const mayStep = (state: ApplicationState, step: Step): boolean =>
  (STEPS[step] as readonly ApplicationState[]).includes(state);

/** @throws StepRefused */
export function checkStep(application: Pick<Application, 'state'>, step: Step): void {
  if (!mayStep(application.state, step)) throw StepRefused({ step, state: application.state });
}

/** Checks nobody ticked yet. */
export const openChecks = (application: Pick<Application, 'checks'>): Check[] =>
  CHECKS.filter((check) => !application.checks.includes(check));

/** What the actor may do with an application it sees, as it stands. */
export function rightsOn(actor: Actor, application: Application) {
  const ability = abilityFor(actor);
  const may = (action: 'update' | 'approve', step: Step) =>
    mayStep(application.state, step) && ability.can(action, as('AgencyApplication', application));
  return {
    check: may('update', 'check'),
    note: ability.can('update', as('AgencyApplication', application)),
    requestInformation: may('update', 'request_information'),
    approve: may('approve', 'approve'),
    reject: may('approve', 'reject'),
  };
}
