import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Payment, PaymentState } from './payment.ts';

interface PaymentRow {
  id: string;
  booking_id: string;
  method: Payment['method'];
  state: PaymentState;
  amount_minor: number;
  captured_minor: number;
  refunded_minor: number;
  currency: string;
  intent_id: string | null;
  checkout_session_id: string | null;
  action_url: string | null;
  failure_code: string | null;
  failure_message: string | null;
  stripe_account: string | null;
  application_fee_minor: number | null;
  created_at: Date;
}

const toPayment = (row: PaymentRow): Payment => ({
  id: row.id,
  bookingId: row.booking_id,
  method: row.method,
  state: row.state,
  amountMinor: row.amount_minor,
  capturedMinor: row.captured_minor,
  refundedMinor: row.refunded_minor,
  currency: row.currency,
  intentId: row.intent_id,
  checkoutSessionId: row.checkout_session_id,
  actionUrl: row.action_url,
  failureCode: row.failure_code,
  failureMessage: row.failure_message,
  stripeAccount: row.stripe_account,
  applicationFeeMinor: row.application_fee_minor ?? 0,
  createdAt: row.created_at,
});

export async function insertPayment(
  sql: TenantSql,
  payment: Pick<Payment, 'id' | 'bookingId' | 'method' | 'state' | 'amountMinor' | 'currency'> &
    Partial<Pick<Payment, 'stripeAccount' | 'applicationFeeMinor'>>,
): Promise<void> {
  await sql.run(
    q('payments').insert({
      id: payment.id,
      booking_id: payment.bookingId,
      method: payment.method,
      state: payment.state,
      amount_minor: payment.amountMinor,
      currency: payment.currency,
      stripe_account: payment.stripeAccount ?? null,
      application_fee_minor: payment.applicationFeeMinor ?? null,
    }),
  );
}

export async function findPayment(sql: TenantSql, id: string): Promise<Payment | undefined> {
  const row = await sql.one<PaymentRow>(q('payments').where({ id }));
  return row && toPayment(row);
}

/** Locked for the rest of the transaction, so that two refreshes cannot both see the old state. */
export async function findPaymentForUpdate(sql: TenantSql, id: string): Promise<Payment | undefined> {
  const row = await sql.one<PaymentRow>(q('payments').where({ id }).forUpdate());
  return row && toPayment(row);
}

/** The newest payment of a booking: earlier ones were declined or cancelled. */
export async function findLatestByBooking(sql: TenantSql, bookingId: string): Promise<Payment | undefined> {
  // By time, not by id: an id made of an idempotency key says nothing of when. A live one comes first; there is at most one.
  const newest = q('payments')
    .where({ booking_id: bookingId })
    .orderByRaw(`state in ('failed', 'cancelled'), created_at desc, id desc`)
    .limit(1);
  const row = await sql.one<PaymentRow>(newest);
  return row && toPayment(row);
}

export async function findByIntent(sql: TenantSql, intentId: string): Promise<Payment | undefined> {
  const row = await sql.one<PaymentRow>(q('payments').where({ intent_id: intentId }));
  return row && toPayment(row);
}

export async function updatePayment(
  sql: TenantSql,
  id: string,
  change: Partial<
    Pick<
      Payment,
      | 'state'
      | 'intentId'
      | 'checkoutSessionId'
      | 'actionUrl'
      | 'failureCode'
      | 'failureMessage'
      | 'capturedMinor'
      | 'refundedMinor'
    >
  >,
): Promise<void> {
  await sql.run(
    q('payments').where({ id }).update({
      state: change.state,
      intent_id: change.intentId,
      checkout_session_id: change.checkoutSessionId,
      action_url: change.actionUrl,
      failure_code: change.failureCode,
      failure_message: change.failureMessage,
      captured_minor: change.capturedMinor,
      refunded_minor: change.refundedMinor,
      updated_at: q.fn.now(),
    }),
  );
}

/** True when this webhook event is new; false when it was seen before. */
export async function recordWebhook(sql: TenantSql, provider: string, eventId: string, type: string): Promise<boolean> {
  const inserted = await sql.run(
    q('webhook_receipts').insert({ provider, event_id: eventId, type }).onConflict(['provider', 'event_id']).ignore(),
  );
  return inserted === 1;
}

/** True when the refund is new; a repeated key changes nothing. */
export async function insertRefund(
  sql: TenantSql,
  refund: { id: string; paymentId: string; key: string; amountMinor: number; reason: string },
): Promise<boolean> {
  const inserted = await sql.run(
    q('refunds')
      .insert({
        id: refund.id,
        payment_id: refund.paymentId,
        key: refund.key,
        amount_minor: refund.amountMinor,
        state: 'pending',
        reason: refund.reason,
      })
      .onConflict('key')
      .ignore(),
  );
  return inserted === 1;
}

export function findRefund(
  sql: TenantSql,
  key: string,
): Promise<{ id: string; state: string; amount_minor: number } | undefined> {
  return sql.one(q('refunds').where({ key }).select('id', 'state', 'amount_minor'));
}

export async function settleRefund(sql: TenantSql, key: string, providerRefundId: string): Promise<number> {
  return sql.run(
    q('refunds').where({ key, state: 'pending' }).update({ state: 'succeeded', provider_refund_id: providerRefundId }),
  );
}

/** What is left of the card payments made in connected accounts, the platform's fee taken off; minor units. Disputes and the service's fees are not reckoned. */
export async function sumInOwnAccounts(sql: TenantSql, currency: string): Promise<number> {
  const own = q('payments as p')
    .whereNotNull('p.stripe_account')
    .where('p.currency', currency)
    .where('p.captured_minor', '>', 0);
  const returned = q('application_fee_refunds as f').whereRaw('f.payment_id = p.id').sum('f.amount_minor');
  const row = await sql.one<{ total: number }>(
    own.select(
      q.raw(
        'coalesce(sum(p.captured_minor - p.refunded_minor - coalesce(p.application_fee_minor, 0) + coalesce((?), 0)), 0)::bigint as total',
        [returned],
      ),
    ),
  );
  return row?.total ?? 0;
}
