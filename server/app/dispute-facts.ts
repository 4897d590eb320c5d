import { findBooking } from '../bookings/index.ts';
import type { Brand, RequestContext, Tenant } from '../kernel/http/context.ts';
import { formatMoney } from '../kernel/money-format.ts';
import { must } from '../kernel/must.ts';
import { listMailsOfBooking } from '../notifications/index.ts';

/** What is known of a booking when a bank asks: from the booking, and the mails it caused. */
export const disputeFacts =
  (brandOf: (tenant: Tenant, brandId: string) => Promise<Brand | undefined>) =>
  async (ctx: RequestContext, bookingId: string) => {
    const booking = must(await findBooking(ctx.sql, bookingId), `the booking ${bookingId}`);
    const { contact } = booking;
    const person = ({ givenName, familyName }: { givenName: string; familyName: string }) =>
      `${givenName} ${familyName}`.trim();
    return {
      reference: booking.reference,
      title: booking.title,
      startsOn: booking.startsOn,
      endsOn: booking.endsOn,
      brandName: (await brandOf(ctx.tenant, booking.brandId))?.name ?? ctx.tenant.name,
      customerName: person(contact),
      customerEmail: contact.email,
      travellers: booking.travellers.map(person),
      supplierReferences: booking.items.flatMap((item) => item.supplierReference ?? []),
      total: formatMoney({ amount: booking.totalMinor, currency: booking.currency }, 'en'),
      orderedAt: booking.createdAt,
      confirmedAt: booking.confirmedAt,
      cancelledAt: booking.cancelledAt,
      mails: await listMailsOfBooking(ctx.sql, bookingId),
    };
  };
