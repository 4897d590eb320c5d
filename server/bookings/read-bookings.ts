import { timingSafeEqual } from 'node:crypto';
import { abilityFor, as, authorize, narrow, type Action } from '../access/index.ts';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import { decodeCursor, toPage } from '../kernel/http/cursor.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type { BuildUp } from '../pricing/index.ts';
import type { Booking, BookingState } from './booking.ts';
import { REFUNDED, findByIdOrReference } from './repository.ts';
import type { BookingListQuery } from './schema.ts';
import { hasLead, openLead } from './sealed-bookings.ts';

/**
 * A booking the actor may see, by id or reference; a guest shows the token it was given. What may not be seen answers 404.
 */
export async function getBooking(
  ctx: RequestContext,
  idOrReference: string,
  access?: string,
  action: Action = 'read',
): Promise<Booking> {
  const booking = await findByIdOrReference(ctx.sql, idOrReference);
  if (booking && access && booking.brandId === ctx.brand.id && opens(booking, access)) return booking;
  authorize(ctx.actor, action, 'Booking', booking);
  return booking;
}

/** Whether the actor may do more with a booking than see it. */
export const mayDo = (ctx: RequestContext, action: Action, booking: Booking, access?: string): boolean =>
  (access !== undefined && opens(booking, access)) || abilityFor(ctx.actor).can(action, as('Booking', booking));

/** Whether this is the token its guest was given. */
export function opens(booking: Booking, access: string): boolean {
  const given = Buffer.from(digest(access));
  const stored = Buffer.from(booking.guestTokenHash ?? '');
  return given.length === stored.length && timingSafeEqual(given, stored);
}

export interface BookingSummary {
  id: string;
  reference: string;
  state: BookingState;
  title: string;
  product: 'flight' | 'stay';
  lead_name: string;
  customer_id: string | null;
  agency_id: string | null;
  agency_path: string;
  agency_name: string | null;
  brand_name: string;
  currency: string;
  total_minor: number;
  payment_method: string;
  starts_on: string;
  created_at: Date;
  build_up: BuildUp;
  supplier_refund_minor: number | null;
}

const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** A cursor is the sort value and the id of a page's last row; each kind of value has its own form, so that one list's cursor is not another's. */
const AFTER_INSTANT = new RegExp(
  `^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?[+-]\\d\\d(?::\\d\\d)?\\|${ID}$`,
);
const AFTER_DAY = new RegExp(`^\\d{4}-\\d\\d-\\d\\d\\|${ID}$`);
const AFTER_AMOUNT = new RegExp(`^\\d{1,15}\\|${ID}$`);

const SORTS: Record<BookingListQuery['sort'], { column: string; descending: boolean; cursor: RegExp }> = {
  '-createdAt': { column: 'b.created_at', descending: true, cursor: AFTER_INSTANT },
  createdAt: { column: 'b.created_at', descending: false, cursor: AFTER_INSTANT },
  '-total': { column: 'b.total_minor', descending: true, cursor: AFTER_AMOUNT },
  total: { column: 'b.total_minor', descending: false, cursor: AFTER_AMOUNT },
  startsOn: { column: 'b.starts_on', descending: false, cursor: AFTER_DAY },
  '-startsOn': { column: 'b.starts_on', descending: true, cursor: AFTER_DAY },
};

/** One page of the bookings the actor may see, in one statement; narrowed in SQL by the same rules `getBooking` asks. */
export async function listBookings(
  ctx: RequestContext,
  query: BookingListQuery,
): Promise<{ rows: readonly BookingSummary[]; next: string | null }> {
  const { column, descending, cursor } = SORTS[query.sort];
  const direction = descending ? 'desc' : 'asc';
  const list = q('bookings as b')
    .join('booking_items as i', (on) => void on.on('i.booking_id', 'b.id').andOnVal('i.position', 0))
    .join('brands as r', 'r.id', 'b.brand_id')
    .leftJoin('agencies as a', 'a.id', 'b.agency_id')
    .select(
      'b.id',
      'b.reference',
      'b.state',
      'b.title',
      'b.lead_name',
      'b.customer_id',
      'b.agency_id',
      'b.agency_path',
      'b.currency',
      'b.total_minor',
      'b.payment_method',
      'b.starts_on',
      'b.created_at',
      'i.product',
      'i.build_up',
      'a.name as agency_name',
      'r.name as brand_name',
    )
    .select(q.raw('??::text as sort_value', [column]), REFUNDED)
    .orderBy([
      { column, order: direction },
      { column: 'b.id', order: direction },
    ])
    .limit(query.limit + 1);
  narrow(list, abilityFor(ctx.actor), 'read', 'Booking', {
    customerId: 'b.customer_id',
    agencyId: 'b.agency_id',
    agencyPath: 'b.agency_path',
  });
  if (query.state) list.where('b.state', query.state);
  if (query.agencyId) list.where('b.agency_id', query.agencyId);
  const { search } = query;
  if (search)
    list.where(
      (any) =>
        void any.whereRaw('starts_with(b.reference, upper(?))', [search]).orWhere(hasLead(ctx.sql.vault, search)),
    );
  const after = decodeCursor(query.cursor, cursor)?.split('|');
  if (after) list.whereRaw(`(??, b.id) ${descending ? '<' : '>'} (?, ?::uuid)`, [column, ...after]);
  const rows = await ctx.sql.all<BookingSummary & { sort_value: string }>(list);
  const opened = rows.map((row) => ({ ...row, lead_name: openLead(ctx.sql.vault, row.id, row.lead_name) }));
  return toPage(opened, query.limit, (row) => `${row.sort_value}|${row.id}`);
}
