import Stripe from 'stripe';

/** Problems a caller answers with where Stripe gives none that a person could read. */
export interface StripeFaults {
  /** Stripe did not answer, or failed itself: what it did is not known. */
  away(): Error;
  /** Stripe will not do it, in its words; left out, what it threw is passed on. */
  refused?(reason: string): Error;
  /** The idempotency key was used with other parameters, or another call with it is under way. */
  repeated?(): Error;
}

/** Calls Stripe and turns what its client throws into the caller's problems. */
export async function askStripe<T>(work: () => Promise<T>, faults: StripeFaults): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { StripeConnectionError, StripeAPIError, StripeIdempotencyError, StripeInvalidRequestError } = Stripe.errors;
    if (error instanceof StripeConnectionError || error instanceof StripeAPIError) throw faults.away();
    if (error instanceof StripeIdempotencyError && faults.repeated) throw faults.repeated();
    if (error instanceof StripeInvalidRequestError && faults.refused) throw faults.refused(error.message);
    throw error;
  }
}
