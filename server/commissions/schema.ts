import { z } from 'zod';
import { Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

export const CommissionStateView = z.enum(['pending', 'payable', 'paid', 'reversed']);

export const CommissionView = z
  .object({
    id: Uuid,
    agency: z.object({ id: Uuid, name: z.string() }),
    booking: z.object({ id: Uuid, reference: z.string(), title: z.string() }),
    state: CommissionStateView,
    /** Granted at confirmation. */
    amount: MoneyView,
    /** Taken back by refunds so far. */
    reversed: MoneyView,
    /** What is still to be paid, or stays paid. */
    due: MoneyView,
    /** For the reseller only: from base and rate a lower agency could reckon what its provider pays. */
    rateBasisPoints: z.number().int().optional(),
    commissionable: MoneyView.optional(),
    payableAt: Instant,
    createdAt: Instant,
  })
  .openapi('Commission');
export type CommissionView = z.infer<typeof CommissionView>;

export const CommissionList = pageOf(CommissionView).extend({
  /** Over everything the filter matches, not only this page. */
  totals: z.array(z.object({ state: CommissionStateView, count: z.number().int(), due: MoneyView })),
});
export const CommissionQuery = PageQuery.extend({
  agencyId: Uuid.optional(),
  state: CommissionStateView.optional(),
  bookingId: Uuid.optional(),
}).strict();
export type CommissionQuery = z.infer<typeof CommissionQuery>;
