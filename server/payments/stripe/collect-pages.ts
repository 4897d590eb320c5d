import type Stripe from 'stripe';

/** Money collected on the hosted page for something that is no booking; taken at once, nothing is held. */
export interface Collection {
  topUpId: string;
  tenantId: string;
  /** Minor units. */
  amountMinor: number;
  currency: string;
  description: string;
  email: string | null;
  locale: string;
  /** Pages the person comes back to. */
  successUrl: string;
  cancelUrl: string;
  /** When it began: the page's life counts from it, so that a repeat asks Stripe for the very same page. */
  startedAt: Date;
}

/** What Stripe says of a collection now. */
export interface CollectStatus {
  state: 'open' | 'processing' | 'paid' | 'expired' | 'failed';
  sessionId: string | null;
  intentId: string | null;
  url: string | null;
  /** What was taken, minor units; 0 until `paid`. */
  receivedMinor: number;
  /** Upper case; null until Stripe made the payment. */
  currency: string | null;
  failureCode: string | null;
}

/** Shortest life Stripe gives a hosted page is 30 minutes; a minute more guards against clock differences. */
const PAGE_LIFE_SECONDS = 31 * 60;

/** Hosted pages that collect top-ups. Metadata names tenant and top-up, so that a webhook says what to ask about. */
export function createCollectPages(stripe: Stripe) {
  return {
    /** Opens the page; one page a top-up, however often it is called. */
    async open(collection: Collection): Promise<CollectStatus> {
      const metadata = { tenant_id: collection.tenantId, top_up_id: collection.topUpId };
      const session = await stripe.checkout.sessions.create(
        {
          mode: 'payment',
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency: collection.currency.toLowerCase(),
                unit_amount: collection.amountMinor,
                product_data: { name: collection.description },
              },
            },
          ],
          payment_intent_data: { metadata, description: collection.description },
          ...(collection.email === null ? {} : { customer_email: collection.email }),
          client_reference_id: collection.topUpId,
          success_url: collection.successUrl,
          cancel_url: collection.cancelUrl,
          expires_at: Math.floor(collection.startedAt.getTime() / 1000) + PAGE_LIFE_SECONDS,
          locale: collection.locale,
          metadata,
        },
        { idempotencyKey: `${collection.topUpId}:page` },
      );
      return statusOf(session);
    },
    /** Stripe's truth, whatever webhooks arrived in which order; undefined when nothing was opened. */
    async read(page: { sessionId: string | null; intentId: string | null }): Promise<CollectStatus | undefined> {
      if (page.sessionId === null) return undefined;
      return statusOf(await stripe.checkout.sessions.retrieve(page.sessionId, { expand: ['payment_intent'] }));
    },
  };
}

export type CollectPages = ReturnType<typeof createCollectPages>;

function statusOf(session: Stripe.Checkout.Session): CollectStatus {
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null;
  const base = {
    sessionId: session.id,
    intentId: intent?.id ?? (typeof session.payment_intent === 'string' ? session.payment_intent : null),
    url: session.url ?? null,
    receivedMinor: 0,
    currency: intent?.currency.toUpperCase() ?? null,
    failureCode: intent?.last_payment_error?.decline_code ?? intent?.last_payment_error?.code ?? null,
  };
  if (intent?.status === 'succeeded') return { ...base, state: 'paid', receivedMinor: intent.amount_received };
  if (session.status === 'expired') return { ...base, state: 'expired' };
  return { ...base, state: session.status === 'open' ? 'open' : 'processing' };
}
