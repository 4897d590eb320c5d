import { authorize } from '../../access/index.ts';
import { digest } from '../../kernel/crypto/vault.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { doerOf } from '../../kernel/http/actor.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { newId } from '../../kernel/ids.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { awaitsPayment, type Booking } from '../booking.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent } from '../repository.ts';
import { LinkNotPossible } from './errors.ts';
import { paymentLinkTokenOf, paymentLinkUrl } from './payment-link.ts';
import { findLatestLink, insertPaymentLink, revokeLinks } from './repository.ts';

const whose = ({ agencyId, agencyPath }: Booking) => ({ agencyId, agencyPath });

/** Writes a link with the event that mails it, in the caller's transaction; one that was open is withdrawn. */
export async function writePaymentLink(
  deps: BookingDeps,
  ctx: Pick<RequestContext, 'tenant' | 'actor'>,
  sql: TenantSql,
  booking: { id: string; expiresAt: Date },
): Promise<string> {
  const linkId = newId();
  const token = paymentLinkTokenOf(deps.vaultOf(ctx.tenant), linkId);
  const doer = doerOf(ctx.actor);
  await revokeLinks(sql, booking.id, deps.clock.now());
  await insertPaymentLink(sql, {
    id: linkId,
    bookingId: booking.id,
    tokenHash: digest(token),
    expiresAt: booking.expiresAt,
    createdById: doer.id,
  });
  await addTimelineEvent(sql, booking.id, 'payment_link_sent', doer.name || 'system');
  await emitEvent(sql, { kind: 'booking.payment_link_sent@1', payload: { bookingId: booking.id, linkId } });
  return token;
}

/**
 * Sends a booking's link (again): the client gets a mail with a new one, the one before stops working. The answer has its address.
 * @throws LinkNotPossible, NotFound, Forbidden
 */
export async function sendPaymentLink(
  deps: BookingDeps,
  ctx: RequestContext,
  booking: Booking,
  origin: string,
): Promise<string> {
  authorize(ctx.actor, 'create', 'PaymentLink', whose(booking));
  const { expiresAt } = booking;
  if (!awaitsPayment(booking.state) || booking.paymentMethod !== 'card')
    throw LinkNotPossible({ reason: 'Only a booking that waits for a card payment can be paid by link.' });
  if (!expiresAt || expiresAt.getTime() <= deps.clock.now().getTime())
    throw LinkNotPossible({ reason: 'The price is no longer held. Search and book again.' });
  const token = await deps.database.withTenant(ctx.tenant, (sql) =>
    writePaymentLink(deps, ctx, sql, { id: booking.id, expiresAt }),
  );
  return paymentLinkUrl(origin, token).href;
}

/**
 * Withdraws a booking's open link. A payment page the client has open is closed too, so that nothing is paid after the withdrawal; a
 * payment that is held already goes on.
 * @throws NotFound, Forbidden
 */
export async function revokePaymentLink(deps: BookingDeps, ctx: RequestContext, booking: Booking): Promise<void> {
  authorize(ctx.actor, 'delete', 'PaymentLink', whose(booking));
  const link = await findLatestLink(ctx.sql, booking.id);
  if (!link || link.revokedAt) return;
  await deps.database.withTenant(ctx.tenant, async (sql) => {
    if ((await revokeLinks(sql, booking.id, deps.clock.now())) === 0) return;
    await addTimelineEvent(sql, booking.id, 'payment_link_revoked', doerOf(ctx.actor).name || 'system');
  });
  const payment = await deps.payments.findLatestByBooking(ctx.sql, booking.id);
  if (payment?.state === 'requires_action') await deps.payments.cancel(ctx.tenant, payment);
}
