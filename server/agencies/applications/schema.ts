import { z } from 'zod';
import { isBic } from '../../kernel/identifiers/bic.ts';
import { companyTaxIdFault } from '../../kernel/identifiers/company-tax-id.ts';
import { electronicIban, ibanFault } from '../../kernel/identifiers/iban.ts';
import { plainTaxId } from '../../kernel/identifiers/spanish-tax-id.ts';
import { Instant, PageQuery, Uuid, pageOf } from '../../kernel/http/wire.ts';
import type { Upload } from '../../kernel/uploads/read-upload.ts';
import { Tier } from '../schema.ts';
import { APPLICATION_STATES, CHECKS, DOCUMENT_KINDS, LEGAL_FORMS, TERMS_VERSION, VOLUMES } from './application.ts';

const text = (min: number, max: number) => z.string().trim().min(min).max(max);
const State = z.enum(APPLICATION_STATES);

const IBAN_SENTENCES = {
  form: 'is no IBAN: two letters, two digits, then the account',
  country: 'is of a country without IBANs',
  length: 'has not the length its country gives an IBAN',
  check_digits: 'has wrong check digits: look for a slip of the pen',
} as const;
const TAX_SENTENCES = {
  form: 'has not the form of a tax id of this country',
  check_digits: 'has a wrong check digit: look for a slip of the pen',
} as const;

const iban = z
  .string()
  .trim()
  .max(60)
  .transform(electronicIban)
  .superRefine((value, context) => {
    const fault = ibanFault(value);
    if (fault) context.addIssue({ code: 'custom', params: { code: `iban_${fault}` }, message: IBAN_SENTENCES[fault] });
  });
const bic = z
  .string()
  .trim()
  .max(20)
  .transform((value) => value.replaceAll(' ', '').toUpperCase())
  .refine(isBic, { error: 'is no BIC: eight or eleven letters and digits', params: { code: 'bic' } });
const country = z.string().regex(/^[A-Z]{2}$/, 'is two letters, ISO 3166');
const website = z.url({ protocol: /^https?$/ }).max(200);

const details = {
  companyName: text(2, 160),
  legalForm: z.enum(LEGAL_FORMS),
  taxId: z.string().trim().min(4).max(30).transform(plainTaxId),
  /** Number of the travel agency licence or registration. */
  licenceNumber: text(2, 60),
  iban,
  bic: bic.nullable().default(null),
  address: z.strictObject({ street: text(3, 160), postalCode: text(2, 16), city: text(2, 80), country }),
  website: website.nullable().default(null),
  expectedMonthlyBookings: z.enum(VOLUMES),
  message: text(0, 2000).nullable().default(null),
};
const person = {
  givenName: text(1, 80),
  familyName: text(1, 80),
  phone: text(6, 30).regex(/^\+?[\d ()./-]+$/, 'is no phone number'),
};

/** A tax id is checked by the rules of the country the company stands in. */
const checkTaxId = (
  value: { taxId: string; address: { country: string } },
  context: { addIssue(issue: { code: 'custom'; path: string[]; params: { code: string }; message: string }): void },
): void => {
  const fault = companyTaxIdFault(value.address.country, value.taxId);
  if (fault)
    context.addIssue({
      code: 'custom',
      path: ['taxId'],
      params: { code: `tax_id_${fault}` },
      message: TAX_SENTENCES[fault],
    });
};

export const ApplicationCreate = z
  .strictObject({
    ...details,
    contact: z.strictObject({ ...person, email: z.email().max(254) }),
    /** Version of the agreement the applicant read and accepts. */
    acceptedTerms: z.literal(TERMS_VERSION),
    locale: z.enum(['en', 'es']).default('en'),
  })
  .superRefine(checkTaxId)
  .openapi('AgencyApplicationCreate');
export type ApplicationCreate = z.infer<typeof ApplicationCreate>;

/** The address was proven by the link and stays. */
export const ApplicationChange = z
  .strictObject({ ...details, contact: z.strictObject(person) })
  .superRefine(checkTaxId)
  .openapi('AgencyApplicationChange');
export type ApplicationChange = z.infer<typeof ApplicationChange>;

/** The same whether or not the address is known: the next step comes by mail. */
export const ApplicationReceived = z.object({ nextStep: z.literal('check_mail') }).openapi('AgencyApplicationReceived');

/** The secret of the link that was mailed to the applicant. */
export const AccessQuery = z.strictObject({ access: z.string().max(100).default('') });

const DocumentView = z.object({
  id: Uuid,
  kind: z.enum(DOCUMENT_KINDS),
  contentType: z.enum(['application/pdf', 'image/png']),
  bytes: z.number().int(),
  createdAt: Instant,
});
export const DocumentUpload = z
  .strictObject({
    kind: z.enum(DOCUMENT_KINDS),
    file: z
      .custom<Upload>((value) => Buffer.isBuffer((value as Upload | undefined)?.data), {
        error: 'send a PDF or a picture in the field "file"',
      })
      .openapi({ type: 'string', format: 'binary' }),
  })
  .openapi('AgencyApplicationDocumentUpload');

const Details = z.object({
  companyName: z.string(),
  legalForm: z.enum(LEGAL_FORMS),
  taxId: z.string(),
  licenceNumber: z.string(),
  iban: z.string(),
  bic: z.string().nullable(),
  address: z.object({ street: z.string(), postalCode: z.string(), city: z.string(), country: z.string() }),
  contact: z.object({ givenName: z.string(), familyName: z.string(), email: z.string(), phone: z.string() }),
  website: z.string().nullable(),
  expectedMonthlyBookings: z.enum(VOLUMES),
  message: z.string().nullable(),
});

/** What the applicant sees: nothing of what reviewers noted among themselves. */
export const OwnApplicationView = z
  .object({
    state: State,
    details: Details,
    documents: z.array(DocumentView),
    /** What was asked for, or why it was refused. */
    reviewerMessage: z.string().nullable(),
    editable: z.boolean(),
    linkExpiresAt: Instant,
  })
  .openapi('OwnAgencyApplication');
export type OwnApplicationView = z.infer<typeof OwnApplicationView>;

export const ApplicationSummaryView = z
  .object({
    id: Uuid,
    companyName: z.string(),
    country: z.string(),
    state: State,
    /** Whose brand it came in at; null: the reseller's own. */
    parent: z.object({ id: Uuid, name: z.string() }).nullable(),
    checksDone: z.number().int(),
    checksTotal: z.number().int(),
    submittedAt: Instant.nullable(),
    updatedAt: Instant,
  })
  .openapi('AgencyApplicationSummary');
export const ApplicationList = pageOf(ApplicationSummaryView).openapi('AgencyApplicationPage');
export const ApplicationQuery = PageQuery.extend({
  state: State.exclude(['draft']).optional(),
  /** Part of the company's name. */
  search: z.string().trim().max(80).optional(),
}).strict();
export type ApplicationQuery = z.infer<typeof ApplicationQuery>;

export const ApplicationView = ApplicationSummaryView.extend({
  details: Details,
  terms: z.object({ version: z.string(), acceptedAt: Instant, address: z.string() }),
  checks: z.array(z.enum(CHECKS)),
  documents: z.array(DocumentView),
  events: z.array(
    z.object({
      id: Uuid,
      kind: z.enum(['submitted', 'note', 'information_requested', 'approved', 'rejected']),
      /** Null: the applicant. */
      actor: z.string().nullable(),
      text: z.string().nullable(),
      createdAt: Instant,
    }),
  ),
  /** Others that gave the same tax id, and are not drafts. */
  sameTaxId: z.array(z.object({ id: Uuid, companyName: z.string(), state: State })),
  agencyId: Uuid.nullable(),
  may: z.object({
    check: z.boolean(),
    note: z.boolean(),
    requestInformation: z.boolean(),
    approve: z.boolean(),
    reject: z.boolean(),
  }),
  /** Send it back as `If-Match: "<version>"` with a decision. */
  version: z.number().int(),
}).openapi('AgencyApplication');
export type ApplicationView = z.infer<typeof ApplicationView>;

export const ChecksChange = z
  .strictObject({ checks: z.array(z.enum(CHECKS)).max(CHECKS.length) })
  .openapi('AgencyApplicationChecks');
export const NoteCreate = z.strictObject({ text: text(1, 2000) }).openapi('AgencyApplicationNoteCreate');
/** Mailed to the applicant. */
export const MessageToApplicant = z.strictObject({ message: text(3, 2000) }).openapi('AgencyApplicationMessage');
export const Approval = z
  .strictObject({
    /** Where the new agency will stand; null: directly below the reseller. Left out: below the agency whose brand it came in at. */
    parentId: Uuid.nullable().optional(),
    tier: Tier.default('bronze'),
  })
  .openapi('AgencyApplicationApproval');
export type Approval = z.infer<typeof Approval>;
