import type { BookingVolume, LegalForm, PartnerApplication, PartnerDetailsInput, PartnerPaper } from '../api/types.ts';

/** Version of the agreement whose text the page shows; the server takes no other. */
export const TERMS_VERSION = '2026-11';
export const LEGAL_FORMS: readonly LegalForm[] = [
  'company',
  'self_employed',
  'cooperative',
  'association',
  'public_body',
  'other',
];
export const VOLUMES: readonly BookingVolume[] = ['under_20', '20_to_100', '100_to_500', 'over_500'];
export const PAPERS: readonly PartnerPaper[] = [
  'licence',
  'registration',
  'tax_certificate',
  'insurance',
  'bank_certificate',
  'identity',
  'other',
];
/** The Union, its neighbours, and the Americas; the API takes every country. */
const COUNTRIES =
  'AD AR AT BE BG BO BR CA CH CL CO CR CU CY CZ DE DK DO EC EE ES FI FR GB GR GT HN HR HU IE IS IT LI LT LU LV MA MC MT MX NI NL NO PA PE PL PT PY RO SE SI SK SM SV UA US UY VE';

export const countryOptions = (locale: string): { value: string; label: string }[] => {
  const names = new Intl.DisplayNames([locale], { type: 'region' });
  return COUNTRIES.split(' ')
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, locale));
};

/** The form as typed: texts only, by the names of the API's fields. */
export type ApplicationForm = ReturnType<typeof emptyForm>;
export const emptyForm = () => ({
  companyName: '',
  legalForm: 'company' as LegalForm,
  taxId: '',
  licenceNumber: '',
  iban: '',
  bic: '',
  street: '',
  postalCode: '',
  city: '',
  country: 'ES',
  givenName: '',
  familyName: '',
  email: '',
  phone: '',
  website: '',
  expectedMonthlyBookings: 'under_20' as BookingVolume,
  message: '',
});

export const formOf = ({ details }: PartnerApplication): ApplicationForm => {
  const { address, contact, bic, website, message, ...rest } = details;
  return { ...rest, ...address, ...contact, bic: bic ?? '', website: website ?? '', message: message ?? '' };
};

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const withScheme = (text: string): string => (/^https?:\/\//i.test(text) ? text : `https://${text}`);

export function writeDetails(form: ApplicationForm): PartnerDetailsInput {
  const website = orNull(form.website);
  return {
    companyName: form.companyName,
    legalForm: form.legalForm,
    taxId: form.taxId,
    licenceNumber: form.licenceNumber,
    iban: form.iban,
    bic: orNull(form.bic),
    address: { street: form.street, postalCode: form.postalCode, city: form.city, country: form.country },
    contact: { givenName: form.givenName, familyName: form.familyName, phone: form.phone },
    website: website === null ? null : withScheme(website),
    expectedMonthlyBookings: form.expectedMonthlyBookings,
    message: orNull(form.message),
  };
}

/** Fields that may stay empty. */
const OPTIONAL: ReadonlySet<string> = new Set(['bic', 'website', 'message']);

/** Names of fields left empty, in the order of the page. */
export const emptyFields = (form: ApplicationForm): string[] =>
  Object.entries(form).flatMap(([name, value]) => (value.trim() === '' && !OPTIONAL.has(name) ? [name] : []));

/** `/contact/phone` → `phone`, `/taxId` → `taxId`: the form is flat. */
export const fieldOfPointer = (pointer: string): string => pointer.split('/').at(-1) ?? '';
