import { findBooking } from '../bookings/index.ts';
import { q } from '../kernel/database/builder.ts';
import { must } from '../kernel/must.ts';
import type { PlatformWorld, TestSite } from './platform-world.ts';

interface Intent {
  status: string;
  amount: number;
  amount_received: number;
  metadata: { booking_id?: string };
}

/** What a booking left behind at everybody who keeps a record of it: for "one charge, one order, one posting, one mail". */
export async function evidenceOf(world: PlatformWorld, site: TestSite, bookingId: string) {
  const { control, mailsTo } = world.sandboxes;
  const [{ orders }, { bookings }, { data: intents }] = await Promise.all([
    control<{ orders: Array<{ metadata?: Record<string, string> | null; cancelled_at?: string | null }> }>(
      'duffel',
      'GET',
      'orders',
    ),
    control<{ bookings: Array<{ metadata?: Record<string, string> | null }> }>('duffel', 'GET', 'bookings'),
    control<{ data: Intent[] }>('stripe', 'GET', 'payment_intents'),
  ]);
  const isOurs = (record: { metadata?: Record<string, string> | null }) =>
    Object.values(record.metadata ?? {}).includes(bookingId);
  const mine = intents.filter((intent) => intent.metadata.booking_id === bookingId);
  const booking = await findBooking(site.sql, bookingId);
  const mails = booking
    ? (await mailsTo(booking.contact.email)).filter((mail) => mail.subject.includes(booking.reference))
    : [];
  const count = async (table: string, besides = '') => {
    const ofBooking = q(table).where({ booking_id: bookingId });
    if (besides) void ofBooking.whereNot('key', 'like', besides);
    const rows = ofBooking.select(q.raw('count(*)::int as n'));
    return must(await site.sql.one<{ n: number }>(rows), table).n;
  };
  return {
    state: booking?.state,
    orders: orders.filter(isOurs).length + bookings.filter(isOurs).length,
    liveOrders: orders.filter(isOurs).filter((order) => !order.cancelled_at).length,
    /** State of each card payment begun at Stripe. */
    intents: mine.map((intent) => intent.status).sort(),
    captured: mine.filter((intent) => intent.status === 'succeeded').map((intent) => intent.amount_received),
    /** Sales and refunds; the VAT inside their margin stands beside each. */
    postings: await count('ledger_transactions', '%/margin-vat'),
    invoices: await count('invoices'),
    commissions: await count('commissions'),
    /** Distinct messages: a repeat after a crash has the same Message-ID, by which mail servers drop it. */
    mails: [...new Map(mails.map((mail) => [mail.messageId, mail.subject])).values()],
  };
}
