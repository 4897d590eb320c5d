import type { ThemedBrand } from './brand.ts';

export type PageLink = { label: string; href: string; current?: boolean };

/** Choice of language in the header; shown when there are two or more. */
export type LocaleLink = { locale: string; label: string; href: string; current?: boolean };

type PageBase = {
  brand: ThemedBrand;
  locale: string;
  /** CSP nonce of this response, put on the brand's `<style>` and on scripts. */
  nonce: string;
};

/** The signed-in person's corner of the header. Without `name` the visitor is a guest. */
export type AccountSlot = {
  name?: string;
  links: readonly PageLink[];
  signOut?: { action: string; csrfToken: string };
};

/** Says that somebody acts as the signed-in person, why and until when, and stops it. */
export type ActingBanner = {
  personName: string;
  /** A colleague books for a customer, not an operator who looks for a fault. */
  forCustomer: boolean;
  reason?: string;
  /** ISO 8601. */
  until: string;
  minutesLeft: number;
  action: string;
  csrfToken: string;
};

export type ShellInput = PageBase & {
  title: string;
  description?: string;
  canonicalUrl?: string;
  /** Asks search engines to stay away: account, checkout and preview pages. */
  noIndex?: boolean;
  nav?: readonly PageLink[];
  account?: AccountSlot;
  acting?: ActingBanner;
  localeLinks?: readonly LocaleLink[];
  footerLinks?: readonly PageLink[];
  /** HTML of our own server renderer; the only markup that enters a page unescaped. */
  appHtml: string;
  /** Put into `<script type="application/json" id="app-state">`, with `<` and line separators escaped. */
  state?: unknown;
  styles?: readonly string[];
  scripts?: readonly { src: string }[];
  preloads?: readonly string[];
};

/** `errors` maps a field to a code of `auth.errors.*` or to a sentence in the reader's language. */
type FormInput = {
  action: string;
  csrfToken: string;
  hidden?: Readonly<Record<string, string>>;
  errors?: Readonly<Record<string, string>>;
  /** A fault of the whole form, code or sentence. */
  formError?: string;
};

/** Ties a form to the browser's passkeys: WebAuthn options as JSON, and the address of the script. */
type PasskeyOffer = { options: string; script: string };

export type AuthPages = {
  /** Fields: email, password, remember (shown when `offerRemember`), credential (put in by the script). */
  'sign-in': FormInput & {
    passkey?: PasskeyOffer;
    values?: { email?: string };
    notice?: string;
    offerRemember?: boolean;
    /** Sign-ins of employers. */
    providers?: readonly { name: string; url: string }[];
    /** An employer's sign-in that will be tied to the account that is signed in to. */
    link?: { providerName: string; email: string };
    links: { signUp?: string; forgotPassword?: string };
  };
  /** Fields: code (of the app, or a recovery code), credential; the button `startOver` goes back to the password. */
  'second-factor': FormInput & { email: string; passkey?: PasskeyOffer };
  /** Fields: code. `picture` is a data URL of the QR code; `required` when the reseller asks for it during a sign-in. */
  'enrol-totp': FormInput & { picture: string; secretText: string; required?: boolean; links?: { cancel: string } };
  'recovery-codes': { codes: readonly string[]; continueUrl: string };
  /** Fields: name, credential. */
  'new-passkey': FormInput & {
    values: { name: string };
    host: string;
    passkey?: PasskeyOffer;
    links: { cancel: string };
  };
  /** Each part is a form of its own below `/account/security`. */
  'account-security': {
    csrfToken: string;
    email: string;
    minPasswordLength: number;
    secondFactor: { enrolled: boolean; codesLeft: number; required: boolean };
    passkeys: readonly { id: string; name: string; rpId: string; createdAt: Date; lastUsedAt: Date | null }[];
    sessions: readonly {
      id: string;
      browser: string;
      ip: string;
      startedAt: Date;
      lastSeenAt: Date;
      current: boolean;
      /** An operator of the platform opened it, to act as the person. */
      byOperator?: boolean;
    }[];
    hasOthers: boolean;
    /** The person works for several agencies and can change between them. */
    hasAgencies: boolean;
    backUrl: string;
    notice?: string;
    errors?: Readonly<Record<string, string>>;
    formError?: string;
  };
  /** Fields: givenName, familyName, email, password, acceptTerms. */
  'sign-up': FormInput & {
    values?: { givenName?: string; familyName?: string; email?: string };
    minPasswordLength: number;
    links: { signIn: string; terms?: string; privacy?: string };
  };
  /** Says that a message is on its way; with `resend` it can be asked for again. */
  'check-email': { email: string; resend?: { action: string; csrfToken: string }; links: { signIn?: string } };
  /** Fields: email. */
  'forgot-password': FormInput & { values?: { email?: string }; links: { signIn: string } };
  /** Fields: password, passwordAgain. The token travels in `hidden`. */
  'reset-password': FormInput & { email?: string; minPasswordLength: number };
  /** Fields: givenName, familyName, password, acceptTerms. The token travels in `hidden`. */
  'accept-invitation': FormInput & {
    email: string;
    organisationName: string;
    /** One of the role names (`reseller_admin`, `agency_admin`, `agent`, …), shown in the reader's language. */
    role: string;
    inviterName?: string;
    values?: { givenName?: string; familyName?: string };
    minPasswordLength: number;
    /** The person has an account already: only acceptance is asked. */
    existingAccount?: boolean;
    links: { terms?: string; privacy?: string };
  };
  /** Fields: agency, one of the values. */
  'choose-agency': FormInput & {
    agencies: readonly { value: string; name: string; roleName: string; checked: boolean }[];
  };
  /** Goes on to the employer's sign-in by itself; the link is for browsers that do not. */
  'sso-continue': { providerName: string; continueUrl: string; backUrl: string };
  'verify-email-done': { email?: string; continueUrl: string };
  'sign-out-confirm': FormInput & { links: { cancel: string } };
  /** Buttons post `decision` = `allow` or `deny`. Scopes are shown by `auth.consent.scope.*`, else by name. */
  consent: FormInput & { clientName: string; scopes: readonly string[] };
  /** An application's answer, sent to it by a form: by itself, or by its button. */
  'form-post': {
    action: string;
    clientName: string;
    fields: readonly { name: string; value: string }[];
    script: string;
  };
  /** Fields: user_code. Where a person types what a device shows (RFC 8628). */
  'device-code': FormInput & { values?: { userCode?: string } };
  /** Buttons post `confirm` or `abort`. */
  'device-confirm': FormInput & { clientName: string; userCode: string };
  'device-done': { clientName: string };
  /** An operator of the platform is about to act as somebody. */
  impersonate: FormInput & { personName: string; operator: string; reason: string; minutes: number };
  error: { heading?: string; message?: string; requestId?: string; backUrl?: string };
};

export type AuthPageName = keyof AuthPages;

export const AUTH_PAGE_NAMES: readonly AuthPageName[] = [
  'sign-in',
  'second-factor',
  'enrol-totp',
  'recovery-codes',
  'new-passkey',
  'account-security',
  'sign-up',
  'check-email',
  'forgot-password',
  'reset-password',
  'accept-invitation',
  'choose-agency',
  'sso-continue',
  'verify-email-done',
  'sign-out-confirm',
  'consent',
  'form-post',
  'device-code',
  'device-confirm',
  'device-done',
  'impersonate',
  'error',
];

export type AuthPageInput<Page extends AuthPageName> = PageBase &
  AuthPages[Page] & { localeLinks?: readonly LocaleLink[]; footerLinks?: readonly PageLink[] };

/** Without `brand` the page is neutral and self-contained: for unknown hosts and suspended tenants. */
export type ErrorPageInput = {
  brand?: ThemedBrand;
  locale: string;
  nonce: string;
  status: number;
  requestId?: string;
  homeUrl?: string;
  footerLinks?: readonly PageLink[];
};
