import type Stripe from 'stripe';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { registerConstraintProblem } from '../kernel/http/problem.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import type { Consumer } from '../kernel/outbox/consumers.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { PaymentProviderAway, PaymentUnderWay } from './errors.ts';
import { canBecome, type Payment, type PaymentState } from './payment.ts';
import {
  findLatestByBooking,
  findPayment,
  findPaymentForUpdate,
  findRefund,
  insertPayment,
  insertRefund,
  settleRefund,
  updatePayment,
} from './repository.ts';
import { insertFeeRefund, isFeeRefunded, settleFeeRefund } from './fee-refunds.ts';
import { askStripe } from './stripe/ask-stripe.ts';
import type { CardHolder } from './saved-cards/owner.ts';
import { savedCardRoutes } from './saved-cards/routes.ts';
import { createSavedCards, forgetErased } from './saved-cards/saved-cards.ts';
import { createApplicationFees } from './stripe/application-fees.ts';
import { createCardPayments, type CardCharge, type CardStatus } from './stripe/card-payments.ts';
import { createCollectPages, type CollectPages } from './stripe/collect-pages.ts';
import { createStripeCustomers } from './stripe/customers.ts';
import { createStripeWebhook } from './stripe/webhook.ts';

export { createBalanceLines } from './stripe/balance-lines.ts';
export type { Payment, PaymentState } from './payment.ts';
export { feeToReturn } from './payment.ts';
export { markDisputed, markDisputeOver } from './dispute-state.ts';
export { findLatestByBooking, findPayment, findPaymentForUpdate, sumInOwnAccounts } from './repository.ts';
export { askStripe } from './stripe/ask-stripe.ts';
export { createStripe } from './stripe/client.ts';
export { CardsUnavailable, PaymentDeclined, PaymentProviderAway, PaymentUnderWay } from './errors.ts';
export type { CardHolder, CardOwner, SavedCard } from './saved-cards/owner.ts';
export type { SavedCards } from './saved-cards/saved-cards.ts';
export { SavedCardView } from './saved-cards/schema.ts';
export type { CollectPages, CollectStatus } from './stripe/collect-pages.ts';

/** What payments ask of connected accounts. */
export interface ConnectedAccounts {
  /** The account new payments are taken in; null: the platform's own. @throws CardsUnavailable */
  paymentAccountOf(sql: TenantSql): Promise<string | null>;
  ownsAccount(sql: TenantSql, accountId: string): Promise<boolean>;
}

/** Events that tell of a payment's new state; payload `{paymentId, bookingId}`. */
const EVENT_OF: Partial<Record<PaymentState, string>> = {
  authorised: 'payment.authorised@1',
  succeeded: 'payment.succeeded@1',
  failed: 'payment.failed@1',
  cancelled: 'payment.cancelled@1',
};

/**
 * Card payments of a tenant's bookings. Authorise → (supplier confirms) → capture, or cancel. The state kept here follows what Stripe
 * answers when asked; webhooks only say when to ask, so their order and number do not matter.
 */
export function createPayments(deps: {
  stripe: Stripe;
  /** Of the endpoint for the platform's own events, and of the one for those of connected accounts. */
  webhookSecrets: readonly string[];
  database: Database;
  clock: Clock;
  metrics: Metrics;
  connect: ConnectedAccounts;
}) {
  const { stripe, database, clock, metrics, connect } = deps;
  registerConstraintProblem('payments_live', () => PaymentUnderWay());
  const cards = createCardPayments(stripe);
  const collect = createCollectPages(stripe);
  const fees = createApplicationFees(stripe);

  /** Writes a status that moves the payment forward, with its event, in one transaction; anything else changes nothing. */
  async function apply(tenant: Tenant, paymentId: string, status: CardStatus): Promise<Payment> {
    return database.withTenant(tenant, async (sql) => {
      const payment = must(await findPaymentForUpdate(sql, paymentId), `the payment ${paymentId}`);
      // An intent stays `succeeded` while its money is disputed: only the dispute's end moves that.
      const moves = payment.state !== 'disputed' && canBecome(payment.state, status.state);
      await updatePayment(sql, paymentId, {
        ...(moves ? { state: status.state, capturedMinor: Math.max(payment.capturedMinor, status.capturedMinor) } : {}),
        intentId: status.intentId ?? payment.intentId,
        checkoutSessionId: status.checkoutSessionId ?? payment.checkoutSessionId,
        actionUrl: status.actionUrl,
        failureCode: status.failureCode,
        failureMessage: status.failureMessage,
      });
      if (moves) {
        metrics.payments.inc({ result: status.state });
        const kind = EVENT_OF[status.state];
        if (kind) await emitEvent(sql, { kind, payload: { paymentId, bookingId: payment.bookingId } });
      }
      return must(await findPayment(sql, paymentId), `the payment ${paymentId}`);
    });
  }

  // One payment, two cards: the first one counts.
  const faults = { away: () => PaymentProviderAway(), repeated: () => PaymentUnderWay() };
  const overTheWire = <T>(work: () => Promise<T>): Promise<T> => askStripe(work, faults);

  const savedCards = createSavedCards({ database, customers: createStripeCustomers(stripe), overTheWire });

  /** Asks Stripe how a payment stands and writes what changed. */
  async function refresh(tenant: Tenant, paymentId: string): Promise<Payment | undefined> {
    const payment = await findPayment(database.tenant(tenant), paymentId);
    if (!payment || payment.method !== 'card') return payment;
    const status = await overTheWire(() => cards.read(payment));
    return status ? apply(tenant, paymentId, status) : payment;
  }

  const refreshOnWebhook: Consumer = {
    name: 'payments.refresh',
    kinds: ['payment.provider_event@1'],
    handle: async (event, tenant) => {
      await refresh(tenant, String(event.payload.paymentId));
    },
  };

  /** Hosted pages for money that pays no booking: top-ups of wallets. */
  const pages: CollectPages = {
    open: (collection) => overTheWire(() => collect.open(collection)),
    read: (page) => overTheWire(() => collect.read(page)),
  };

  return {
    routes: savedCardRoutes(savedCards),
    consumers: [refreshOnWebhook, forgetErased(savedCards)],
    savedCards,
    pages,
    webhook: createStripeWebhook({
      stripe,
      secrets: deps.webhookSecrets,
      database,
      clock,
      ownsAccount: connect.ownsAccount,
    }),
    refresh,
    findLatestByBooking,
    /** Adds a payment of a booking, in the caller's transaction. */
    async create(
      sql: TenantSql,
      input: {
        bookingId: string;
        method: Payment['method'];
        amountMinor: number;
        currency: string;
        state?: PaymentState;
        id?: string;
        /** What the platform charges the reseller on it; taken with the card where the reseller has an account of its own. */
        platformFeeMinor?: number;
      },
    ): Promise<string> {
      const id = input.id ?? newId();
      const stripeAccount = input.method === 'card' ? await connect.paymentAccountOf(sql) : null;
      // Never more than what is charged: Stripe would refuse the payment.
      const fee = Math.min(input.platformFeeMinor ?? 0, input.amountMinor);
      await insertPayment(sql, {
        ...input,
        id,
        state: input.state ?? 'created',
        stripeAccount,
        ...(stripeAccount === null ? {} : { applicationFeeMinor: fee }),
      });
      return id;
    },
    /**
     * Starts taking a card: a hosted page, or at once when a payment method is given. A decline comes back as state `failed`.
     * @param how `holder`: whose kept cards the page shows, and for whom it offers to keep one; nobody's when absent
     */
    async start(
      tenant: Tenant,
      charge: Omit<CardCharge, 'startedAt' | 'stripeAccount' | 'applicationFeeMinor'>,
      how: { paymentMethodId?: string; holder?: CardHolder } = {},
    ): Promise<Payment> {
      const payment = must(
        await findPayment(database.tenant(tenant), charge.paymentId),
        `the payment ${charge.paymentId}`,
      );
      const { stripeAccount, applicationFeeMinor } = payment;
      const dated = { ...charge, startedAt: payment.createdAt, stripeAccount, applicationFeeMinor };
      const { paymentMethodId, holder } = how;
      const status = await overTheWire(() =>
        paymentMethodId
          ? cards.confirm(dated, paymentMethodId)
          : savedCards.withCustomer(tenant, holder, stripeAccount, (customerId) => cards.openPage(dated, customerId)),
      );
      return apply(tenant, charge.paymentId, status);
    },
    /** Takes the authorised amount. Idempotent. */
    async capture(tenant: Tenant, payment: Payment): Promise<Payment> {
      return apply(tenant, payment.id, await overTheWire(() => cards.capture(payment)));
    },
    /** Frees the authorisation or closes the page. Idempotent. */
    async cancel(tenant: Tenant, payment: Payment): Promise<void> {
      await overTheWire(() => cards.cancel(payment));
      await refresh(tenant, payment.id);
    },
    /** Marks a wallet payment, in the caller's transaction. */
    markSucceeded: (sql: TenantSql, payment: Payment) =>
      updatePayment(sql, payment.id, { state: 'succeeded', capturedMinor: payment.amountMinor }),
    markCancelled: (sql: TenantSql, payment: Payment) => updatePayment(sql, payment.id, { state: 'cancelled' }),
    /** Returns part or all of a captured payment; one refund per key, however often it is called. */
    async refund(
      tenant: Tenant,
      payment: Payment,
      refund: { key: string; amountMinor: number; reason: string },
    ): Promise<void> {
      await database.withTenant(tenant, (sql) => insertRefund(sql, { id: newId(), paymentId: payment.id, ...refund }));
      const stored = await findRefund(database.tenant(tenant), refund.key);
      if (stored?.state === 'succeeded') return;
      const providerId =
        payment.method === 'card'
          ? await overTheWire(() => cards.refund(payment, { ...refund, tenantId: tenant.id }))
          : `wallet:${refund.key}`;
      await database.withTenant(tenant, async (sql) => {
        const current = must(await findPaymentForUpdate(sql, payment.id), `the payment ${payment.id}`);
        if ((await settleRefund(sql, refund.key, providerId)) === 0) return;
        const refundedMinor = current.refundedMinor + refund.amountMinor;
        const state = refundedMinor === current.capturedMinor ? 'refunded' : 'partially_refunded';
        await updatePayment(sql, payment.id, { refundedMinor, state });
        await emitEvent(sql, {
          kind: 'payment.refunded@1',
          payload: { paymentId: payment.id, bookingId: payment.bookingId, amountMinor: refund.amountMinor },
        });
      });
    },
    /** Gives the reseller's account back what the platform waives of its fee; once per key. */
    async returnApplicationFee(
      tenant: Tenant,
      payment: Payment,
      given: { key: string; amountMinor: number },
    ): Promise<void> {
      const sql = database.tenant(tenant);
      await database.withTenant(tenant, (tx) => insertFeeRefund(tx, { paymentId: payment.id, ...given }));
      if (await isFeeRefunded(sql, given.key)) return;
      const providerId = await overTheWire(() => fees.giveBack(payment, given));
      await database.withTenant(tenant, (tx) => settleFeeRefund(tx, given.key, providerId));
    },
  };
}

export type Payments = ReturnType<typeof createPayments>;
