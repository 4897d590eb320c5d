import { commissionShares, freeCommissions, holdCommissions, reverseCommissions } from '../commissions/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import {
  buildDisputeHold,
  buildDisputeLost,
  buildDisputeWon,
  lockLedger,
  postTransaction,
  type Posting,
} from '../ledger/index.ts';
import { findPayment, markDisputed, markDisputeOver, type Payment } from '../payments/index.ts';
import { isInquiry, isOver, leadsOn, type DisputeFacts } from './dispute.ts';
import { lockByProviderId, writeClawback, writeDispute } from './repository.ts';
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
    writeFacts(sql, { providerId, payment, facts, now: deps.clock.now() }),
  );
}

async function writeFacts(
  sql: TenantSql,
  told: { providerId: string; payment: Payment; facts: DisputeFacts; now: Date },
): Promise<void> {
  const { providerId, payment, facts, now } = told;
  await lockLedger(sql);
  const known = await lockByProviderId(sql, providerId);
  if (!leadsOn(known?.state, facts.state)) return;
  const { id: paymentId, bookingId } = payment;
  const id = await writeDispute(sql, { id: known?.id, providerId, paymentId, bookingId, facts, now });
  if (facts.withdrawnMinor > 0) {
    await post(sql, buildDisputeHold(figuresOf(providerId, facts)), { bookingId, now, about: 'opened' });
    await markDisputed(sql, payment.id);
    await holdCommissions(sql, bookingId, now);
  }
  if (facts.state === 'won') await endWon(sql, { id, providerId, payment, facts, now });
  if (facts.state === 'lost') await endLost(sql, { id, providerId, payment, facts, now });
  const payload = { disputeId: id, bookingId, paymentId, state: facts.state };
  if (!known || (isInquiry(known.state) && !isInquiry(facts.state)))
    await emitEvent(sql, { kind: 'dispute.opened@1', payload });
  if (isOver(facts.state)) await emitEvent(sql, { kind: 'dispute.closed@1', payload });
}

interface End {
  id: string;
  providerId: string;
  payment: Payment;
  facts: DisputeFacts;
  now: Date;
}

const figuresOf = (disputeId: string, facts: DisputeFacts) => ({
  disputeId,
  currency: facts.currency,
  withdrawn: facts.withdrawnMinor,
});

const post = (
  sql: TenantSql,
  posting: Posting,
  { bookingId, now, about }: { bookingId: string; now: Date; about: string },
) =>
  postTransaction(sql, posting, {
    bookingId,
    occurredAt: now,
    // The bank has moved the money, whatever the books say.
    whenClosed: 'move',
    description: `Dispute ${about}`,
  });

async function endWon(sql: TenantSql, { providerId, payment, facts, now }: End): Promise<void> {
  const { bookingId } = payment;
  if (facts.withdrawnMinor > 0) {
    const posting = buildDisputeWon({ ...figuresOf(providerId, facts), returned: facts.returnedMinor });
    await post(sql, posting, { bookingId, now, about: 'won' });
  }
  await markDisputeOver(sql, payment.id);
  await freeCommissions(sql, bookingId, now);
}

/** The sale's price is gone: its commissions go with it, in proportion; the rest the reseller bears. */
async function endLost(sql: TenantSql, { id, providerId, payment, facts, now }: End): Promise<void> {
  const { bookingId } = payment;
  const lost = { lost: facts.amountMinor, paid: payment.capturedMinor };
  const clawedBack = await commissionShares(sql, bookingId, lost);
  if (facts.withdrawnMinor > 0)
    await post(sql, buildDisputeLost({ ...figuresOf(providerId, facts), clawedBack }), {
      bookingId,
      now,
      about: 'lost',
    });
  await reverseCommissions(sql, {
    bookingId,
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
  await freeCommissions(sql, bookingId, now);
}
