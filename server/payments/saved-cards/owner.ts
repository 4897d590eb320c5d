/** Whose cards Stripe keeps: a person's who pays its trips, or an agency's that tops up its wallet. */
export interface CardOwner {
  kind: 'user' | 'agency';
  id: string;
}

/** An owner with what Stripe is told of it. */
export interface CardHolder extends CardOwner {
  name: string;
  email: string;
}

/** An owner as a Stripe customer in one account; `stripeCustomerId` null while Stripe has not answered, or after it was deleted there. */
export interface KnownCustomer {
  id: string;
  owner: CardOwner;
  /** Connected account it is in; null: the platform's own. */
  stripeAccount: string | null;
  stripeCustomerId: string | null;
  isForgotten: boolean;
}

/** A card Stripe keeps, as far as it may be shown: never its number. */
export interface SavedCard {
  /** Stripe's id of the payment method. */
  id: string;
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
}
