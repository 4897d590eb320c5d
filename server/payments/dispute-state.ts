import type { TenantSql } from '../kernel/database/sql.ts';
import { must } from '../kernel/must.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { canBecome, type PaymentState } from './payment.ts';
import { findPaymentForUpdate, updatePayment } from './repository.ts';

/** Marks a payment whose money a bank took back, in the caller's transaction; a repeat changes and tells nothing. */
export async function markDisputed(sql: TenantSql, paymentId: string): Promise<void> {
  const payment = must(await findPaymentForUpdate(sql, paymentId), `the payment ${paymentId}`);
  if (!canBecome(payment.state, 'disputed')) return;
  await updatePayment(sql, paymentId, { state: 'disputed' });
  await emitEvent(sql, { kind: 'payment.disputed@1', payload: { paymentId, bookingId: payment.bookingId } });
}

/** The dispute was won: the payment is what it was before. One that was lost stays `disputed`. */
export async function markDisputeOver(sql: TenantSql, paymentId: string): Promise<void> {
  const payment = must(await findPaymentForUpdate(sql, paymentId), `the payment ${paymentId}`);
  if (payment.state !== 'disputed') return;
  const { refundedMinor, capturedMinor } = payment;
  const state: PaymentState =
    refundedMinor === 0 ? 'succeeded' : refundedMinor === capturedMinor ? 'refunded' : 'partially_refunded';
  await updatePayment(sql, paymentId, { state });
}
