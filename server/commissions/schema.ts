import { z } from 'zod';
import { Instant, MoneyView, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

export const CommissionStateView = z.enum(['pending', 'payable', 'paid', 'reversed']);

export const CommissionView = z
  .object({
    id: Uuid,
    agency: z.object({ id: Uuid, name: z.string() }),
    booking: z.object({ id: Uuid, reference: z.string(), title: z.string() }),
    state: CommissionStateView,
    /** Commission granted at confirmation. */
    amount: MoneyView,
    /** Markup of the agency that the reseller collected by card and owes it; zero where the agency collected itself. */
    markup: MoneyView,
    /** Taken back by refunds so far, of commission and markup; negative when a cancellation fee was more. */
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
