import { commissionShares, freeCommissions, holdCommissions, reverseCommissions } from '../commissions/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { must } from '../kernel/must.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { buildDisputeChange, lockLedger, postTransaction, type DisputeStanding } from '../ledger/index.ts';
import { findPayment, findPaymentForUpdate, markDisputed, markDisputeOver, type Payment } from '../payments/index.ts';
import { isInquiry, isOver, leadsOn, type DisputeFacts, type DisputeProgress } from './dispute.ts';
import { lockByProviderId, othersOfPayment, writeClawback, writeDispute, type KnownDispute } from './repository.ts';
import type { StripeDisputes } from './stripe-disputes.ts';

export interface DisputeDeps {
  database: Database;
  clock: Clock;
  stripe: StripeDisputes;
}

/** Asks Stripe how a dispute stands and writes what leads on, with what it means for books, payment and earnings, in one transaction. */
export async function followDispute(
  deps: DisputeDeps,
  tenant: Tenant,
  { providerId, paymentId }: { providerId: string; paymentId: string },
): Promise<void> {
  const payment = await findPayment(deps.database.tenant(tenant), paymentId);
  if (!payment) return;
  const facts = await deps.stripe.read(providerId, payment);
  // Metadata led here; the intent is what counts.
  if (facts.intentId !== payment.intentId || facts.currency !== payment.currency) return;
  await deps.database.withTenant(tenant, (sql) =>
    writeFacts(sql, { providerId, paymentId, facts, now: deps.clock.now() }),
  );
}

const NOTHING: ReadonlyMap<string, number> = new Map();

async function writeFacts(
  sql: TenantSql,
  told: { providerId: string; paymentId: string; facts: DisputeFacts; now: Date },
): Promise<void> {
  const { providerId, paymentId, facts, now } = told;
  await lockLedger(sql);
  const payment = must(await findPaymentForUpdate(sql, paymentId), `the payment ${paymentId}`);
  const known = await lockByProviderId(sql, providerId);
  if (!leadsOn(known, facts)) return;
  const { bookingId } = payment;
  const id = await writeDispute(sql, { known, providerId, paymentId, bookingId, facts, now });
  // The end moves earnings and payment once; money may follow it.
  const ends = facts.state !== known?.state;
  const clawedBack = facts.state === 'lost' && ends ? await commissionsLost(sql, { id, payment, facts }) : NOTHING;
  await post(sql, { providerId, bookingId, known, facts, clawedBack, now });
  if (facts.withdrawnMinor > 0 && !isOver(facts.state)) {
    await markDisputed(sql, paymentId);
    await holdCommissions(sql, bookingId, now);
  }
  if (ends && facts.state === 'won') await endWon(sql, { id, payment, now });
  if (ends && facts.state === 'lost') await endLost(sql, { id, payment, facts, clawedBack, now });
  const payload = { disputeId: id, bookingId, paymentId, state: facts.state };
  if (!known || (isInquiry(known.state) && !isInquiry(facts.state)))
    await emitEvent(sql, { kind: 'dispute.opened@1', payload });
  if (ends && isOver(facts.state)) await emitEvent(sql, { kind: 'dispute.closed@1', payload });
}

const standingOf = (dispute: DisputeProgress & Pick<DisputeFacts, 'amountMinor'>): DisputeStanding => ({
  phase: dispute.state === 'won' || dispute.state === 'lost' ? dispute.state : 'open',
  amount: dispute.amountMinor,
  withdrawn: dispute.withdrawnMinor,
  returned: dispute.returnedMinor,
});

/** Posts what the answer changes. */
async function post(
  sql: TenantSql,
  given: {
    providerId: string;
    bookingId: string;
    known: KnownDispute | undefined;
    facts: DisputeFacts;
    clawedBack: ReadonlyMap<string, number>;
    now: Date;
  },
): Promise<void> {
  const { facts, clawedBack } = given;
  const posting = buildDisputeChange({
    disputeId: given.providerId,
    currency: facts.currency,
    before: given.known && standingOf(given.known),
    after: standingOf(facts),
    clawedBack,
  });
  if (!posting) return;
  await postTransaction(sql, posting, {
    bookingId: given.bookingId,
    occurredAt: given.now,
    // The bank has moved the money, whatever the books say.
    whenClosed: 'move',
    description: `Dispute ${isOver(facts.state) ? facts.state : 'opened'}`,
  });
}

/** The sale's price is gone: its commissions go with it, in proportion; the rest the reseller bears. */
async function commissionsLost(
  sql: TenantSql,
  { id, payment, facts }: { id: string; payment: Payment; facts: DisputeFacts },
): Promise<ReadonlyMap<string, number>> {
  const { lostMinor } = await othersOfPayment(sql, { id, paymentId: payment.id });
  // Of what is left: the commissions of what was refunded or lost before are gone already.
  const paid = payment.capturedMinor - payment.refundedMinor - lostMinor;
  return commissionShares(sql, payment.bookingId, { lost: facts.amountMinor, paid });
}

interface End {
  id: string;
  payment: Payment;
  now: Date;
}

async function endWon(sql: TenantSql, { id, payment, now }: End): Promise<void> {
  const others = await othersOfPayment(sql, { id, paymentId: payment.id });
  if (others.isOneOpen) return;
  if (others.lostMinor === 0) await markDisputeOver(sql, payment.id);
  await freeCommissions(sql, payment.bookingId, now);
}

async function endLost(
  sql: TenantSql,
  { id, payment, facts, clawedBack, now }: End & { facts: DisputeFacts; clawedBack: ReadonlyMap<string, number> },
): Promise<void> {
  await markDisputed(sql, payment.id);
  await reverseCommissions(sql, {
    bookingId: payment.bookingId,
    key: `dispute:${id}`,
    at: now,
    currency: facts.currency,
    taken: new Map([...clawedBack].map(([agencyId, commission]) => [agencyId, { commission, markup: 0 }])),
  });
  await writeClawback(
    sql,
    id,
    [...clawedBack.values()].reduce((sum, amount) => sum + amount, 0),
  );
  const { isOneOpen } = await othersOfPayment(sql, { id, paymentId: payment.id });
  if (!isOneOpen) await freeCommissions(sql, payment.bookingId, now);
}
