import { z } from 'zod';
import { Day, Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';
import { AgeingList } from '../wallets/index.ts';
import { REMINDER_LEVELS } from './receivable.ts';

/** Something an agency has not paid whoever keeps its wallet, with the reminders of it. */
export const ReceivableView = z
  .object({
    id: Uuid,
    agency: z.object({ id: Uuid, name: z.string() }),
    /** Null for an adjustment. */
    invoice: z.object({ id: Uuid, number: z.string() }).nullable(),
    booking: z.object({ id: Uuid, reference: z.string() }).nullable(),
    /** Of an adjustment. */
    reason: z.string().nullable(),
    open: MoneyView,
    owedSince: Instant,
    dueOn: Day,
    /** Whole days (UTC) past the due day; below zero, days left. */
    daysOverdue: z.number().int(),
    /** The last reminder: level 1 comes three days before the due day, 2, 3 and 4 come 3, 14 and 30 days after. */
    reminder: z.object({ level: z.literal(REMINDER_LEVELS), sentAt: Instant }).nullable(),
    pause: z.object({ reason: z.string(), since: Instant }).nullable(),
    /** Whether the reader may remind of it and pause that. */
    canChase: z.boolean(),
  })
  .openapi('Receivable');
export type ReceivableView = z.infer<typeof ReceivableView>;

export const ReceivableList = pageOf(ReceivableView).extend({
  /** Sums of all pages and of every state, one for each currency. */
  totals: AgeingList.shape.totals,
});

export const ReceivableQuery = PageQuery.extend({
  show: z.enum(['all', 'overdue', 'paused']).default('all'),
  agencyId: Uuid.optional(),
}).strict();
export type ReceivableQuery = z.infer<typeof ReceivableQuery>;

export const PausePut = z
  .strictObject({ reason: z.string().trim().min(3, { error: 'say why, in at least three characters' }).max(300) })
  .openapi('ReminderPausePut');
