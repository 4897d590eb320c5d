import Stripe from 'stripe';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { DomainEvent } from '../../kernel/outbox/emit.ts';
import { findPayment } from '../repository.ts';

/** Whose an event of Stripe is, and what it says to whom. */
export interface WebhookTarget {
  tenantId: string;
  event: DomainEvent;
  /** Whether it is really about something of that tenant's: metadata alone could be written by the owner of any connected account. */
  isOurs(sql: TenantSql): Promise<boolean>;
}
interface OurMetadata {
  tenant_id?: string;
  payment_id?: string;
  top_up_id?: string;
  statement_id?: string;
}
interface Deps {
  stripe: Stripe;
  ownsAccount(sql: TenantSql, accountId: string): Promise<boolean>;
}

/** The tenant and module an event belongs to; undefined for what is not ours. */
export async function targetOf(deps: Deps, event: Stripe.Event): Promise<WebhookTarget | undefined> {
  const object = event.data.object as { id?: string; metadata?: OurMetadata | null };
  if (event.type.startsWith('charge.dispute.')) return ofDispute(deps, event);
  const { tenant_id: tenantId, payment_id: paymentId, ...rest } = object.metadata ?? {};
  const { statement_id: statementId, top_up_id: topUpId } = rest;
  if (tenantId === undefined || !isUuid(tenantId)) return undefined;
  if (event.type === 'account.updated') {
    const accountId = object.id ?? '';
    return {
      tenantId,
      event: { kind: 'connect.account_event@1', payload: { accountId, type: event.type } },
      isOurs: (sql) => deps.ownsAccount(sql, accountId),
    };
  }
  if (event.type.startsWith('transfer.')) {
    if (event.account !== undefined || statementId === undefined) return undefined;
    return {
      tenantId,
      event: { kind: 'settlement.transfer_event@1', payload: { transferId: object.id, type: event.type } },
      isOurs: () => Promise.resolve(true),
    };
  }
  // Top-ups are collected with the platform's own key.
  if (topUpId !== undefined && isUuid(topUpId) && event.account === undefined)
    return {
      tenantId,
      event: { kind: 'wallet.provider_event@1', payload: { topUpId, type: event.type } },
      isOurs: () => Promise.resolve(true),
    };
  return paymentId === undefined || !isUuid(paymentId)
    ? undefined
    : {
        tenantId,
        event: { kind: 'payment.provider_event@1', payload: { paymentId, type: event.type } },
        isOurs: (sql) => isMadeIn(sql, paymentId, event.account ?? null),
      };
}

/** A dispute names the payment only by its intent: the intent, asked for in the event's account, says whose it is. */
async function ofDispute({ stripe }: Deps, event: Stripe.Event): Promise<WebhookTarget | undefined> {
  const dispute = event.data.object as Stripe.Dispute;
  const intentId = typeof dispute.payment_intent === 'string' ? dispute.payment_intent : dispute.payment_intent?.id;
  if (!intentId) return undefined;
  const account = event.account ?? null;
  const intent = await stripe.paymentIntents
    .retrieve(intentId, {}, account === null ? {} : { stripeAccount: account })
    .catch(absent);
  const { tenant_id: tenantId, payment_id: paymentId } = (intent?.metadata ?? {}) as OurMetadata;
  if (!tenantId || !paymentId || !isUuid(tenantId) || !isUuid(paymentId)) return undefined;
  return {
    tenantId,
    event: { kind: 'dispute.provider_event@1', payload: { disputeId: dispute.id, paymentId, type: event.type } },
    isOurs: (sql) => isMadeIn(sql, paymentId, account),
  };
}

async function isMadeIn(sql: TenantSql, paymentId: string, account: string | null): Promise<boolean> {
  const payment = await findPayment(sql, paymentId);
  return payment !== undefined && payment.stripeAccount === account;
}

/** What Stripe does not know, or no longer lets us see, is not ours. */
function absent(error: unknown): undefined {
  const { StripeInvalidRequestError, StripePermissionError } = Stripe.errors;
  if (error instanceof StripeInvalidRequestError || error instanceof StripePermissionError) return undefined;
  throw error;
}
