import Stripe from 'stripe';
import type { CardHolder, KnownCustomer, SavedCard } from '../saved-cards/owner.ts';

/** A kept card with what tells the same card kept twice. */
type KeptCard = SavedCard & { fingerprint: string };
type InAccount = Pick<KnownCustomer, 'stripeAccount'>;

/**
 * Customers of Stripe and the cards it keeps for them. Every call names the account the customer is in.
 * @see https://docs.stripe.com/payments/checkout/save-during-payment
 */
export function createStripeCustomers(stripe: Stripe) {
  const optionsOf = ({ stripeAccount }: InAccount): Stripe.RequestOptions =>
    stripeAccount === null ? {} : { stripeAccount };

  return {
    /** Makes it; once per row, as long as Stripe remembers the key (a day). */
    async create(row: KnownCustomer, tenantId: string, holder: CardHolder): Promise<string> {
      const made = await stripe.customers.create(
        {
          name: holder.name,
          email: holder.email,
          metadata: { tenant_id: tenantId, owner_kind: holder.kind, owner_id: holder.id, customer_id: row.id },
        },
        { idempotencyKey: `${row.id}:customer`, ...optionsOf(row) },
      );
      return made.id;
    },
    /** One that was made by a call whose answer was lost. Stripe's search lags by up to a minute, which the key of `create` bridges. */
    async find(row: KnownCustomer): Promise<string | null> {
      const found = await stripe.customers.search({ query: `metadata['customer_id']:'${row.id}'` }, optionsOf(row));
      return found.data[0]?.id ?? null;
    },
    async cards(customerId: string, account: InAccount): Promise<KeptCard[]> {
      const cards: KeptCard[] = [];
      const pages = stripe.customers.listPaymentMethods(customerId, { type: 'card', limit: 100 }, optionsOf(account));
      try {
        for await (const { id, card } of pages)
          if (card)
            cards.push({
              id,
              brand: card.brand,
              last4: card.last4,
              expMonth: card.exp_month,
              expYear: card.exp_year,
              fingerprint: card.fingerprint ?? id,
            });
      } catch (error) {
        ignoreGone(error);
      }
      return cards;
    },
    /** Takes a card from its customer: it cannot be used again. Safe to repeat. */
    async detach(cardId: string, account: InAccount): Promise<void> {
      await stripe.paymentMethods.detach(cardId, {}, optionsOf(account)).catch(ignoreGone);
    },
    /** Deletes the customer and with it every card. Safe to repeat. */
    async remove(customerId: string, account: InAccount): Promise<void> {
      await stripe.customers.del(customerId, {}, optionsOf(account)).catch(ignoreGone);
    },
  };
}

export type StripeCustomers = ReturnType<typeof createStripeCustomers>;

/** Whether a call was refused because the customer it names is no more: it was deleted in Stripe's dashboard. */
export const isCustomerGone = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'customer';

/** What is gone, or was detached before, needs no more. An account that was disconnected holds nothing of ours to reach. */
function ignoreGone(error: unknown): void {
  const { StripeInvalidRequestError, StripePermissionError } = Stripe.errors;
  if (!(error instanceof StripeInvalidRequestError || error instanceof StripePermissionError)) throw error;
}
