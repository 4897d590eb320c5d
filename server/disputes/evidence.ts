import type { Evidence } from './stripe-disputes.ts';

/** What is known of a disputed booking; instants UTC, days ISO 8601. */
export interface BookingFacts {
  reference: string;
  title: string;
  startsOn: string;
  endsOn: string;
  brandName: string;
  customerName: string;
  customerEmail: string;
  /** Names of those who travel. */
  travellers: readonly string[];
  supplierReferences: readonly string[];
  total: string;
  orderedAt: Date;
  confirmedAt: Date | null;
  cancelledAt: Date | null;
  /** Mails that were accepted by the customer's mail server. */
  mails: readonly { subject: string; sentAt: Date }[];
}

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const list = (lines: readonly (string | false)[]): string => lines.filter((line) => line !== false).join('\n');

/** Our facts as evidence, in the language banks read (English). A draft: somebody reads and changes it before it is sent. */
export function draftEvidence(facts: BookingFacts): Required<Evidence> {
  const travellers = facts.travellers.join(', ');
  return {
    customerName: facts.customerName,
    customerEmail: facts.customerEmail,
    productDescription: `${facts.title}, ${facts.startsOn} to ${facts.endsOn}, for ${travellers}. Booked with ${facts.brandName} under reference ${facts.reference}.`,
    serviceDate: facts.startsOn,
    text: list([
      `Booking ${facts.reference}: ${facts.title}, ${facts.startsOn} to ${facts.endsOn}.`,
      `Travellers: ${travellers}.`,
      facts.supplierReferences.length > 0 && `Reference at the supplier: ${facts.supplierReferences.join(', ')}.`,
      `The customer saw the price of ${facts.total} and the conditions, accepted them and ordered on ${minute(facts.orderedAt)}.`,
      facts.confirmedAt !== null && `The booking was confirmed and paid on ${minute(facts.confirmedAt)}.`,
      facts.cancelledAt !== null && `It was cancelled on ${minute(facts.cancelledAt)}.`,
      ...facts.mails.map(({ subject, sentAt }) => `Mailed to ${facts.customerEmail} on ${minute(sentAt)}: ${subject}.`),
    ]),
  };
}
