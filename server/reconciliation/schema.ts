import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { CASE_KINDS, CASE_STATES, COUNTERPARTIES } from './reconciliation.ts';

export const ReconciliationDays = z
  .object({
    data: z.array(
      z.object({
        day: Day,
        counterparty: z.enum(COUNTERPARTIES),
        /** Bookings and other movements looked at. */
        compared: z.number().int(),
        /** Cases of that day that are still unsettled, and all that were ever found. */
        unmatched: z.number().int(),
        found: z.number().int(),
        finishedAt: Instant,
      }),
    ),
  })
  .openapi('ReconciliationDays');
export const DaysQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(90).default(30) });

export const CaseView = z
  .object({
    id: Uuid,
    day: Day,
    counterparty: z.enum(COUNTERPARTIES),
    kind: z.enum(CASE_KINDS),
    state: z.enum(CASE_STATES),
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    /** The other side's name for it: a charge, a dispute, an order. */
    reference: z.string().nullable(),
    ours: MoneyView,
    theirs: MoneyView,
    /** Theirs less ours. */
    difference: MoneyView,
    reason: z.string().nullable(),
    decidedAt: Instant.nullable(),
    updatedAt: Instant,
    may: z.object({ accept: z.boolean(), link: z.boolean(), check: z.boolean() }),
  })
  .openapi('ReconciliationCase');
export type CaseView = z.infer<typeof CaseView>;
export const CaseList = pageOf(CaseView);
export const CaseQuery = PageQuery.extend({
  /** `unsettled` (default): open or proposed; `all`. */
  show: z.enum(['unsettled', 'all']).default('unsettled'),
  day: Day.optional(),
}).strict();

const Side = z.object({ id: z.string(), text: z.string(), amount: MoneyView, at: Instant });
/** A case with what stands on either side. */
export const CaseDetailView = CaseView.extend({
  oursEntries: z.array(Side),
  theirsLines: z.array(Side.extend({ fee: MoneyView })),
}).openapi('ReconciliationCaseDetail');
export type CaseDetailView = z.infer<typeof CaseDetailView>;

const reason = z.string().trim().min(3).max(500);
export const CaseResolution = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('accept'), reason }),
    z.strictObject({
      action: z.literal('link'),
      reason,
      bookingReference: z.string().regex(/^[A-Z0-9]{6}$/, { error: 'write the six letters and digits of a booking' }),
    }),
  ])
  .openapi('ReconciliationResolution');

export const RunCreate = z.strictObject({ day: Day }).openapi('ReconciliationRunCreate');
export const RunView = z
  .object({
    day: Day,
    compared: z.number().int(),
    opened: z.number().int(),
    healed: z.number().int(),
    unmatched: z.number().int(),
    unanswered: z.number().int(),
  })
  .openapi('ReconciliationRun');
