import type { Acting } from '../identity/index.ts';
import { Forbidden, NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { getCustomer, type Customer } from './read-customers.ts';
import type { ActingStart } from './schema.ts';

/**
 * Lets the caller's browser session act as a customer. A customer out of sight answers 404; one the caller sees, but who is another
 * agency's, 403.
 * @throws NotFound, Forbidden, ActingNeedsSession, ActingNotHere, NobodyToActAs
 */
export async function actAsCustomer(
  acting: Acting,
  ctx: RequestContext,
  { customerId, reason = '' }: ActingStart,
): Promise<Awaited<ReturnType<Acting['start']>> & { customer: Customer }> {
  await getCustomer(ctx.sql, ctx.actor, customerId, 'read');
  const customer = await getCustomer(ctx.sql, ctx.actor, customerId, 'act').catch((error: unknown) => {
    throw NotFound.is(error) ? Forbidden({ action: 'act', subject: 'Customer' }) : error;
  });
  const started = await acting.start(ctx, customer.id, reason || null);
  ctx.audit.note({
    subject: { type: 'Customer', id: customer.id },
    details: { until: started.until.toISOString(), ...(reason ? { reason } : {}) },
  });
  return { ...started, customer };
}
