import { currencyExponent } from '../../kernel/money-exponent.ts';

export const TOP_UP_METHODS = ['transfer', 'card', 'saved_card'] as const;
export type TopUpMethod = (typeof TOP_UP_METHODS)[number];
/** `pending` is the only one that may change. */
export const TOP_UP_STATES = ['pending', 'credited', 'refused', 'withdrawn', 'expired', 'failed'] as const;
export type TopUpState = (typeof TOP_UP_STATES)[number];

/** Whole units of a currency (euros, yen) that one top-up may be. A card is the payer's; a transfer passes a bank. */
const RANGE = { card: { minimum: 10, maximum: 20_000 }, transfer: { minimum: 10, maximum: 1_000_000 } } as const;

/** Smallest and largest top-up, in minor units of the currency. */
export function topUpRange(method: TopUpMethod, currency: string): { minimum: number; maximum: number } {
  const { minimum, maximum } = RANGE[method === 'transfer' ? 'transfer' : 'card'];
  const unit = 10 ** currencyExponent(currency);
  return { minimum: minimum * unit, maximum: maximum * unit };
}

/** The same for a transfer in another currency. Units differ by a factor of ten thousand, and who keeps the wallet looks at its bank. */
export function foreignTopUpRange(currency: string) {
  const unit = 10 ** currencyExponent(currency);
  return { minimum: { amount: 10 * unit, currency }, maximum: { amount: 1_000_000_000 * unit, currency } };
}

/** What is written on the transfer, so that the parent finds it on its bank statement. */
export const referenceOf = (number: number): string => `TU-${String(number).padStart(5, '0')}`;

/** Key of the wallet's entry that credits a top-up: one entry, however often it is tried. */
export const entryKeyOf = (topUpId: string): string => `top-up:${topUpId}`;

/** A card can be paid only where the reseller keeps the wallet: the reseller is the merchant. */
export const takesCards = (wallet: { parent_id: string | null }): boolean => wallet.parent_id === null;

/** How many may wait at once: an announced transfer is somebody's work. */
export const MOST_PENDING = 10;
