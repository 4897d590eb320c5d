import type { ThemedBrand } from './brand.ts';
import type { ThemedMoney } from './format.ts';

/** Local times carry no offset (`2026-07-04T09:35`); they are those of the place. */
export type MailFlight = {
  kind: 'flight';
  carrier: string;
  flightNumber: string;
  from: { code: string; city: string; localTime: string };
  to: { code: string; city: string; localTime: string };
  cabin?: string;
};

export type MailStay = {
  kind: 'hotel';
  name: string;
  address?: string;
  checkIn: string;
  checkOut: string;
  room: string;
  board?: string;
};

export type MailTripItem = MailFlight | MailStay;

export type MailPriceLine = { label: string; amount: ThemedMoney };

/** Data of each mail. Instants are ISO 8601 UTC and are shown in the mail's time zone, named. */
export type Mails = {
  invitation: {
    inviterName?: string;
    organisationName: string;
    role: string;
    url: string;
    expiresAt: string;
  };
  /** To the first administrator of a new agency or sub-agency. */
  'agency-invitation': {
    inviterName?: string;
    agencyName: string;
    parentName: string;
    url: string;
    expiresAt: string;
  };
  'verify-email': { recipientName: string; url: string; expiresAt: string };
  'reset-password': { recipientName: string; url: string; expiresAt: string };
  /** A refresh token was used twice. */
  'access-revoked': { recipientName: string; occurredAt: string; url: string };
  /** Somebody came in by the way kept for the day an identity provider fails; `outcome` done, or denied for want of a second factor. */
  'emergency-access': {
    recipientName: string;
    personName: string;
    providerName: string;
    outcome: string;
    occurredAt: string;
    url: string;
  };
  /** `notice` chooses the sentences; `detail` names the browser, the passkey or the number of codes left. */
  'security-notice': { recipientName: string; notice: string; detail?: string; occurredAt: string; url: string };
  /** To who applied to sell in the network, or (step `waiting`) to who reviews; `step` chooses the sentences. */
  'agency-application': {
    recipientName: string;
    companyName: string;
    step: string;
    /** What a reviewer wrote: what is missing, or why not. */
    message?: string;
    expiresAt?: string;
    url: string;
  };
  /** About the wallet an agency keeps with its parent; `step` chooses the sentences. */
  'wallet-notice': {
    recipientName: string;
    agencyName: string;
    parentName: string;
    step: string;
    amount?: ThemedMoney;
    reference?: string;
    /** What somebody wrote, such as why a top-up was refused. */
    message?: string;
    url: string;
  };
  /** To an agency that has not paid who keeps its wallet; `level` (1 to 4) chooses the sentence, the first is before the due day. */
  'invoice-reminder': {
    recipientName: string;
    agencyName: string;
    parentName: string;
    level: string;
    /** Invoices by number, adjustments by reason. */
    items: readonly { number?: string; reason?: string; dueOn: string; amount: ThemedMoney }[];
    total: ThemedMoney;
    url: string;
  };
  'booking-confirmed': {
    recipientName: string;
    reference: string;
    items: readonly MailTripItem[];
    travellers: readonly string[];
    lines: readonly MailPriceLine[];
    total: ThemedMoney;
    manageUrl: string;
    ticketNumbers?: readonly string[];
  };
  /** `money`: what became of the payment. */
  'booking-failed': {
    recipientName: string;
    reference: string;
    items: readonly MailTripItem[];
    money: 'not_charged' | 'released' | 'refunded';
    amount?: ThemedMoney;
    searchUrl: string;
  };
  'booking-cancelled': {
    recipientName: string;
    reference: string;
    items: readonly MailTripItem[];
    refund?: ThemedMoney;
    penalty?: ThemedMoney;
    manageUrl: string;
  };
  /** To the reseller's office: a day's comparison of the books with others found something new. */
  'reconciliation-unmatched': { recipientName: string; day: string; count: string; url: string };
  /** To the client of an agency: pay a trip that was put together. `sellerName`: the agency, or the brand itself. */
  'payment-link': {
    recipientName: string;
    reference: string;
    sellerName: string;
    items: readonly MailTripItem[];
    total: ThemedMoney;
    url: string;
    expiresAt: string;
  };
  'payment-action-needed': {
    recipientName: string;
    reference: string;
    amount: ThemedMoney;
    url: string;
    expiresAt: string;
  };
  /** About a dispute of a card payment; `step` is opened, won, lost or closed. */
  'dispute-notice': {
    recipientName: string;
    step: string;
    reference: string;
    amount: ThemedMoney;
    /** Last day an answer counts (ISO 8601). */
    dueOn?: string;
    url: string;
  };
  /** To the administrators of an agency; `step` is tier, or what became of a statement: approved, paid, returned. */
  'agency-notice': {
    recipientName: string;
    agencyName: string;
    step: string;
    tier?: string;
    /** Number of the statement. */
    number?: string;
    amount?: ThemedMoney;
    url: string;
  };
};

export type MailName = keyof Mails;

export const MAIL_NAMES: readonly MailName[] = [
  'invitation',
  'agency-invitation',
  'verify-email',
  'reset-password',
  'access-revoked',
  'emergency-access',
  'security-notice',
  'agency-application',
  'wallet-notice',
  'booking-confirmed',
  'booking-failed',
  'booking-cancelled',
  'reconciliation-unmatched',
  'payment-link',
  'payment-action-needed',
  'dispute-notice',
  'agency-notice',
];

export type MailInput<Name extends MailName> = {
  brand: ThemedBrand;
  locale: string;
  /** IANA zone of the instants shown; UTC when left out. */
  timeZone?: string;
  data: Mails[Name];
};

export type RenderedMail = { subject: string; html: string; text: string };
