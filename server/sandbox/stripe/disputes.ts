import type Stripe from 'stripe';
import { decimalsOf } from './amounts.ts';
import { addBalanceTransaction } from './balance.ts';
import type { DisputeConduct } from './cards.ts';
import type { Context } from './context.ts';
import { emit, idOf, load, newId, nowSeconds, save } from './context.ts';
import { StripeError, invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readBoolean, readChild, readMetadata, readString } from './params.ts';

const UPDATE = [
  'evidence',
  'intended_submission_method',
  'metadata',
  'submit',
] as const satisfies readonly (keyof Stripe.DisputeUpdateParams)[];
const EVIDENCE = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const satisfies readonly (keyof Stripe.DisputeUpdateParams.Evidence)[];
type EvidenceName = (typeof EVIDENCE)[number];
/** docs.stripe.com/disputes: all texts of the evidence together. */
const EVIDENCE_CHARACTERS = 150_000;
const DAY = 86_400;
const ANSWER_DAYS = 9;
/** Stripe's dispute fee in the European Economic Area: 20 units. It stays, whoever wins. */
const FEE_UNITS = 20;

const NETWORK_CODES: Record<string, string> = { fraudulent: '10.4', product_not_received: '13.1', general: '12.5' };
const noEvidence = (): Stripe.Dispute.Evidence => ({
  ...(Object.fromEntries(EVIDENCE.map((name) => [name, null])) as Record<EvidenceName, null>),
  enhanced_evidence: {},
});

const isInquiry = (dispute: Stripe.Dispute): boolean => dispute.status.startsWith('warning_');
const isOpen = (dispute: Stripe.Dispute): boolean => /needs_response|under_review/.test(dispute.status);

/** Whether a bank has taken the charge's money back, or may. */
export const isChargedBack = (ctx: Context, charge: Stripe.Charge): boolean =>
  ctx.store
    .all('dispute')
    .some((dispute) => dispute.charge === charge.id && !isInquiry(dispute) && dispute.status !== 'won');

/** What the test cards that dispute do once their money was taken. */
export function disputeByCard(ctx: Context, charge: Stripe.Charge): void {
  const conduct = ctx.store.get('card_conduct', idOf(charge.payment_method));
  if (conduct?.dispute) openDispute(ctx, charge, { kind: conduct.dispute });
}

/** A cardholder turns to the bank: of a chargeback the money and a fee leave at once. Amount in minor units, all when left out. */
export function openDispute(
  ctx: Context,
  charge: Stripe.Charge,
  { kind, amount }: { kind: DisputeConduct | 'general'; amount?: number },
): Stripe.Dispute {
  const left = charge.amount_captured - (charge.amount_refunded - (charge.amount - charge.amount_captured));
  const disputed = Math.min(amount ?? left, left);
  if (!charge.captured || disputed < 1)
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message: `Charge ${charge.id} has nothing to dispute.`,
    });
  const inquiry = kind === 'inquiry';
  const reason = inquiry ? 'general' : kind;
  const dispute: Stripe.Dispute = {
    id: newId('du'),
    object: 'dispute',
    amount: disputed,
    balance_transactions: [],
    charge: charge.id,
    created: nowSeconds(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: nowSeconds() + ANSWER_DAYS * DAY,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    network_reason_code: NETWORK_CODES[reason] ?? null,
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: {
        brand: charge.payment_method_details?.card?.brand ?? 'visa',
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: charge.payment_method_details?.card?.network ?? 'visa',
        network_reason_code: NETWORK_CODES[reason] ?? null,
      },
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  };
  save(ctx, 'charge', { ...charge, disputed: true });
  const opened = inquiry ? save(ctx, 'dispute', dispute) : withdraw(ctx, dispute);
  emit(ctx, 'charge.dispute.created', opened);
  if (!inquiry) emit(ctx, 'charge.dispute.funds_withdrawn', opened);
  return opened;
}

function withdraw(ctx: Context, dispute: Stripe.Dispute): Stripe.Dispute {
  const line = addBalanceTransaction(ctx, {
    amount: -dispute.amount,
    fee: FEE_UNITS * 10 ** decimalsOf(dispute.currency),
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback withdrawal for ${idOf(dispute.charge)}`,
    type: 'adjustment',
    category: 'dispute',
    isAvailableAtOnce: true,
  });
  return save(ctx, 'dispute', { ...dispute, balance_transactions: [...dispute.balance_transactions, line] });
}

function readEvidence(params: Params): Partial<Record<EvidenceName, string | null>> {
  const given = readChild(params, 'evidence') ?? {};
  for (const key of Object.keys(given))
    if (!EVIDENCE.some((name) => name === key))
      throw invalidParam(`evidence[${key}]`, `Received unknown parameter: evidence[${key}]`, 'parameter_unknown');
  const texts = Object.fromEntries(Object.keys(given).map((name) => [name, readString(given, name) ?? null]));
  const length = Object.values(texts).reduce((total, text) => total + (text?.length ?? 0), 0);
  if (length > EVIDENCE_CHARACTERS)
    throw invalidParam(
      'evidence',
      `Evidence may hold up to ${EVIDENCE_CHARACTERS} characters in all, you sent ${length}.`,
    );
  return texts;
}

/**
 * Stages evidence, and submits it unless `submit` is false. The texts of docs.stripe.com/testing decide at once: `winning_evidence`,
 * `losing_evidence`, `escalate_inquiry_evidence`; with any other the bank takes its time (side door).
 */
export function updateDispute(ctx: Context, id: string, params: Params): Stripe.Dispute {
  allowOnly(params, UPDATE);
  const before = load(ctx, 'dispute', id);
  const evidence = readEvidence(params);
  const sends = Object.keys(evidence).length > 0;
  if (sends && !/needs_response/.test(before.status))
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message: 'This dispute does not take evidence any more.',
    });
  const isSubmitted = sends ? (readBoolean(params, 'submit') ?? true) : readBoolean(params, 'submit') === true;
  const staged = { ...before.evidence, ...evidence };
  const after = save(ctx, 'dispute', {
    ...before,
    evidence: staged,
    metadata: readMetadata(params, before.metadata),
    evidence_details: {
      ...before.evidence_details,
      has_evidence: before.evidence_details.has_evidence || sends,
      submission_count: before.evidence_details.submission_count + (isSubmitted ? 1 : 0),
      submission_method: isSubmitted ? 'manual' : before.evidence_details.submission_method,
    },
    status: isSubmitted ? (isInquiry(before) ? 'warning_under_review' : 'under_review') : before.status,
  });
  emit(ctx, 'charge.dispute.updated', after);
  if (!isSubmitted) return after;
  const verdict = (staged.uncategorized_text ?? '').trim();
  if (verdict === 'winning_evidence') return decideDispute(ctx, id, 'won');
  if (verdict === 'losing_evidence') return decideDispute(ctx, id, 'lost');
  if (verdict === 'escalate_inquiry_evidence' && isInquiry(after)) return escalate(ctx, after);
  return after;
}

function escalate(ctx: Context, inquiry: Stripe.Dispute): Stripe.Dispute {
  const dispute = withdraw(ctx, { ...inquiry, status: 'needs_response', is_charge_refundable: false });
  emit(ctx, 'charge.dispute.updated', dispute);
  emit(ctx, 'charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** Accepts the dispute: it is lost. */
export const closeDispute = (ctx: Context, id: string, params: Params): Stripe.Dispute => {
  allowOnly(params, []);
  return decideDispute(ctx, id, 'lost');
};

/** The bank's word. A dispute that is won brings the money back, not the fee: at once, or when `reinstateDispute` says so. */
export function decideDispute(
  ctx: Context,
  id: string,
  outcome: 'won' | 'lost',
  { isReinstated = true }: { isReinstated?: boolean } = {},
): Stripe.Dispute {
  const before = load(ctx, 'dispute', id);
  if (!isOpen(before))
    throw new StripeError(400, { type: 'invalid_request_error', message: 'This dispute is already closed' });
  if (isInquiry(before)) {
    const closed = save(ctx, 'dispute', { ...before, status: 'warning_closed' });
    emit(ctx, 'charge.dispute.closed', closed);
    return closed;
  }
  const decided = save(ctx, 'dispute', { ...before, status: outcome });
  emit(ctx, 'charge.dispute.closed', decided);
  return outcome === 'won' && isReinstated ? reinstateDispute(ctx, id) : decided;
}

/** The money of a dispute that was won arrives; Stripe closes the dispute first. */
export function reinstateDispute(ctx: Context, id: string): Stripe.Dispute {
  const before = load(ctx, 'dispute', id);
  if (before.status !== 'won' || before.balance_transactions.some(({ net }) => net > 0))
    throw new StripeError(400, { type: 'invalid_request_error', message: 'This dispute has nothing to reinstate' });
  const line = addBalanceTransaction(ctx, {
    amount: before.amount,
    fee: 0,
    currency: before.currency,
    source: before.id,
    description: `Chargeback reversal for ${idOf(before.charge)}`,
    type: 'adjustment',
    category: 'dispute_reversal',
    isAvailableAtOnce: true,
  });
  const after = save(ctx, 'dispute', { ...before, balance_transactions: [...before.balance_transactions, line] });
  emit(ctx, 'charge.dispute.funds_reinstated', after);
  return after;
}
