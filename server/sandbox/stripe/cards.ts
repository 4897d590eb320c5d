import { createHash } from 'node:crypto';
import { StripeError } from './errors.ts';

/** Why a test card is refused, in Stripe's words. */
export interface Refusal {
  code: string;
  declineCode?: string;
  message: string;
}

/** How a test card behaves. Only this and the last four digits are kept, never the number. */
export interface CardConduct {
  brand: 'visa' | 'mastercard' | 'amex';
  last4: string;
  country: string;
  /** `always`: every payment is challenged; `on_session`: challenged unless exempt (MOTO). */
  challenge: 'never' | 'always';
  refusal: Refusal | null;
  /** The cardholder disputes the payment as soon as it is taken; an inquiry only asks. */
  dispute?: DisputeConduct;
  /** The money is available at once. */
  bypassesPending?: boolean;
}

export type DisputeConduct = 'fraudulent' | 'product_not_received' | 'inquiry';

const DECLINED = 'Your card was declined.';
export const REFUSALS = {
  generic: { code: 'card_declined', declineCode: 'generic_decline', message: DECLINED },
  insufficient: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  lost: { code: 'card_declined', declineCode: 'lost_card', message: DECLINED },
  stolen: { code: 'card_declined', declineCode: 'stolen_card', message: DECLINED },
  fraudulent: { code: 'card_declined', declineCode: 'fraudulent', message: DECLINED },
  expired: { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' },
  cvc: { code: 'incorrect_cvc', declineCode: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  processing: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
  velocity: { code: 'card_declined', declineCode: 'card_velocity_exceeded', message: DECLINED },
  authentication: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
  liveCard: {
    code: 'card_declined',
    declineCode: 'test_mode_live_card',
    message:
      'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  },
} satisfies Record<string, Refusal>;

type Row = [
  number: string,
  brand: CardConduct['brand'],
  country: string,
  challenge: CardConduct['challenge'],
  refusal: Refusal | null,
  names: string[],
  extra?: Pick<CardConduct, 'dispute' | 'bypassesPending'>,
];

/** docs.stripe.com/testing: number, and the names (`pm_card_…`, `tok_…`) that stand for it. */
const ROWS: Row[] = [
  ['4242424242424242', 'visa', 'US', 'never', null, ['visa']],
  ['4000056655665556', 'visa', 'US', 'never', null, ['visa_debit']],
  ['4000007240000007', 'visa', 'ES', 'never', null, ['es']],
  ['5555555555554444', 'mastercard', 'US', 'never', null, ['mastercard']],
  ['378282246310005', 'amex', 'US', 'never', null, ['amex']],
  ['4000000000000077', 'visa', 'US', 'never', null, ['bypassPending'], { bypassesPending: true }],
  ['4000000000000259', 'visa', 'US', 'never', null, ['createDispute'], { dispute: 'fraudulent' }],
  [
    '4000000000002685',
    'visa',
    'US',
    'never',
    null,
    ['createDisputeProductNotReceived'],
    { dispute: 'product_not_received' },
  ],
  ['4000000000001976', 'visa', 'US', 'never', null, ['createDisputeInquiry'], { dispute: 'inquiry' }],
  ['4000000000000002', 'visa', 'US', 'never', REFUSALS.generic, ['chargeDeclined', 'visa_chargeDeclined']],
  [
    '4000000000009995',
    'visa',
    'US',
    'never',
    REFUSALS.insufficient,
    ['chargeDeclinedInsufficientFunds', 'visa_chargeDeclinedInsufficientFunds'],
  ],
  ['4000000000009987', 'visa', 'US', 'never', REFUSALS.lost, ['chargeDeclinedLostCard', 'visa_chargeDeclinedLostCard']],
  [
    '4000000000009979',
    'visa',
    'US',
    'never',
    REFUSALS.stolen,
    ['chargeDeclinedStolenCard', 'visa_chargeDeclinedStolenCard'],
  ],
  ['4100000000000019', 'visa', 'US', 'never', REFUSALS.fraudulent, ['radarBlock', 'chargeDeclinedFraudulent']],
  ['4000000000000069', 'visa', 'US', 'never', REFUSALS.expired, ['chargeDeclinedExpiredCard']],
  ['4000000000000127', 'visa', 'US', 'never', REFUSALS.cvc, ['chargeDeclinedIncorrectCvc']],
  ['4000000000000119', 'visa', 'US', 'never', REFUSALS.processing, ['chargeDeclinedProcessingError']],
  ['4000000000006975', 'visa', 'US', 'never', REFUSALS.velocity, ['visa_chargeDeclinedVelocityLimitExceeded']],
  ['4000002500003155', 'visa', 'US', 'always', null, ['authenticationRequiredOnSetup']],
  ['4000002760003184', 'visa', 'US', 'always', null, ['authenticationRequired']],
  ['4000000000003220', 'visa', 'US', 'always', null, ['threeDSecure2Required', 'threeDSecureRequired']],
  ['4000008400001629', 'visa', 'US', 'always', REFUSALS.generic, ['threeDSecureRequiredChargeDeclined']],
  [
    '4000008260003178',
    'visa',
    'US',
    'always',
    REFUSALS.insufficient,
    ['authenticationRequiredChargeDeclinedInsufficientFunds'],
  ],
];

function conductOf([number, brand, country, challenge, refusal, , extra]: Row): CardConduct {
  return { brand, last4: number.slice(-4), country, challenge, refusal, ...extra };
}

/** Resolves `pm_card_visa`, `tok_visa`, … */
export function findNamedCard(name: string): CardConduct | undefined {
  const short = name.replace(/^(pm_card_|tok_)/, '');
  if (short === name) return undefined;
  const row = ROWS.find((candidate) => candidate[5].includes(short));
  return row && conductOf(row);
}

export function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let index = 0; index < number.length; index += 1) {
    const digit = Number(number[number.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function cardError(code: string, param: string, message: string): StripeError {
  return new StripeError(402, { type: 'card_error', code, param, message });
}

export interface CardEntry {
  number: string;
  expMonth: number;
  expYear: number;
  cvc: string | undefined;
}

/** Checks a typed card as Stripe's front does before any bank is asked. */
export function checkCardEntry(entry: CardEntry, now = new Date()): CardConduct {
  const number = entry.number.replace(/[\s-]/g, '');
  if (!/^\d{13,19}$/.test(number) || !passesLuhn(number))
    throw cardError('incorrect_number', 'number', 'Your card number is incorrect.');
  if (!Number.isInteger(entry.expMonth) || entry.expMonth < 1 || entry.expMonth > 12)
    throw cardError('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.");
  const year = entry.expYear < 100 ? 2000 + entry.expYear : entry.expYear;
  const lastMonth = now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
  if (!Number.isInteger(year) || year * 12 + entry.expMonth < lastMonth || year > now.getUTCFullYear() + 50) {
    throw cardError('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.");
  }
  const row = ROWS.find((candidate) => candidate[0] === number);
  const cvcLength = row?.[1] === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/;
  if (entry.cvc !== undefined && !cvcLength.test(entry.cvc))
    throw cardError('invalid_cvc', 'cvc', "Your card's security code is invalid.");
  if (row) return conductOf(row);
  const brand = number.startsWith('5') ? 'mastercard' : number.startsWith('3') ? 'amex' : 'visa';
  return { brand, last4: number.slice(-4), country: 'US', challenge: 'never', refusal: REFUSALS.liveCard };
}

/** The same card gives the same mark, so merchants can recognise it without its number. */
export function fingerprintOf(card: CardConduct): string {
  return createHash('sha256').update(`${card.brand}:${card.last4}`).digest('base64url').slice(0, 16);
}
