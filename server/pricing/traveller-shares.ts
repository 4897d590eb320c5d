import { allocate } from '../kernel/money.ts';
import { PricingError } from './errors.ts';

/** An amount of a booking in one part for each traveller: 1000 of three is 334, 333, 333. */
export function splitOverTravellers(amountMinor: number, travellers: number): number[] {
  if (!Number.isInteger(travellers) || travellers < 1)
    throw new PricingError('travellers', 'An amount is split over one traveller or more.');
  return allocate(
    amountMinor,
    Array.from({ length: travellers }, () => 1),
  );
}

/**
 * The part that goes back when one traveller is cancelled, so that after the last of them exactly the whole has gone back.
 * @param traveller place in the booking, from zero
 * @param cancelled places of those who were cancelled before
 * @throws PricingError `traveller_unknown`, or `traveller_refunded` for a second refund of one
 */
export function refundTraveller(
  shares: readonly number[],
  traveller: number,
  cancelled: ReadonlySet<number> = new Set(),
): number {
  const share = shares[traveller];
  if (share === undefined) throw new PricingError('traveller_unknown', 'The booking has no such traveller.');
  if (cancelled.has(traveller))
    throw new PricingError('traveller_refunded', 'This traveller’s part has been given back already.');
  return share;
}
