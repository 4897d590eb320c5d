import { z } from 'zod';
import { Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { DISPUTE_STATES, REASONS } from './dispute.ts';

export const DisputeView = z
  .object({
    id: Uuid,
    booking: z.object({ id: Uuid, reference: z.string(), title: z.string() }),
    /** `warning_…`: the bank only asks, no money has moved. */
    state: z.enum(DISPUTE_STATES),
    reason: z.enum(REASONS),
    amount: MoneyView,
    /** Taken from the balance at Stripe, with its fee. */
    withdrawn: MoneyView,
    /** What came back. */
    returned: MoneyView,
    /** Commissions of the sale that were taken back when it was lost. */
    clawedBack: MoneyView,
    /** Until when an answer counts. */
    dueAt: Instant.nullable(),
    submittedAt: Instant.nullable(),
    openedAt: Instant,
    closedAt: Instant.nullable(),
    mayAnswer: z.boolean(),
  })
  .openapi('Dispute');
export type DisputeView = z.infer<typeof DisputeView>;
export const DisputeList = pageOf(DisputeView);
export const DisputeQuery = PageQuery.extend({
  /** Only those the bank has not decided. */
  open: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
}).strict();
export type DisputeQuery = z.infer<typeof DisputeQuery>;

const Text = z.string().trim().max(2000);
export const EvidenceView = z
  .object({
    customerName: z.string(),
    customerEmail: z.string(),
    productDescription: z.string(),
    serviceDate: z.string(),
    text: z.string(),
  })
  .openapi('DisputeEvidence');
export const EvidenceCreate = z
  .strictObject({
    customerName: Text.optional(),
    customerEmail: Text.optional(),
    productDescription: Text.optional(),
    serviceDate: Text.optional(),
    /** What happened, for the bank to read; sent once. */
    text: z.string().trim().min(10, { error: 'say what happened, in at least ten characters' }).max(100_000),
  })
  .openapi('DisputeEvidenceCreate');
