import { z } from 'zod';
import { Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { ADJUSTMENT_STATES } from './adjustment.ts';

/** Largest correction a person may type: far above any, far below the end of the safe integers. */
const MAX_MINOR = 1_000_000_000_000;
const AdjustmentState = z.enum(ADJUSTMENT_STATES);

export const AdjustmentView = z
  .object({
    id: Uuid,
    agency: z.object({ id: Uuid, name: z.string() }),
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    /** Positive: in the agency's favour. */
    amount: MoneyView,
    reason: z.string(),
    /** `proposed` waits for a second person and has no effect yet. */
    state: AdjustmentState,
    /** Statement that took it up. */
    statementId: Uuid.nullable(),
    /** Whether the reader may approve it now: as a second person with the right to. */
    mayApprove: z.boolean(),
    mayReject: z.boolean(),
    createdAt: Instant,
    decidedAt: Instant.nullable(),
  })
  .openapi('CommissionAdjustment');
export type AdjustmentView = z.infer<typeof AdjustmentView>;
export const AdjustmentList = pageOf(AdjustmentView);
export const AdjustmentQuery = PageQuery.extend({
  agencyId: Uuid.optional(),
  state: AdjustmentState.optional(),
}).strict();
export type AdjustmentQuery = z.infer<typeof AdjustmentQuery>;

export const AdjustmentCreate = z
  .strictObject({
    agencyId: Uuid,
    bookingId: Uuid.optional(),
    amount: z.strictObject({
      amount: z
        .number()
        .int()
        .min(-MAX_MINOR)
        .max(MAX_MINOR)
        .refine((amount) => amount !== 0, { error: 'a correction of nothing corrects nothing' }),
      currency: z.string().length(3),
    }),
    reason: z.string().trim().min(3, { error: 'say why, in at least three characters' }).max(300),
  })
  .openapi('CommissionAdjustmentCreate');
export type AdjustmentCreate = z.infer<typeof AdjustmentCreate>;

export const AdjustmentDecision = z
  .strictObject({ decision: z.enum(['approve', 'reject']) })
  .openapi('CommissionAdjustmentDecision');
