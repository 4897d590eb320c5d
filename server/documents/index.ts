import { z } from 'zod';
import { getBooking, type Booking } from '../bookings/index.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Brand, RequestContext, Tenant } from '../kernel/http/context.ts';
import { defineRoute, type Reply } from '../kernel/http/route.ts';
import type { Themes } from '../themes/index.ts';
import { renderCalendar } from './calendar.ts';
import { renderItineraryPdf } from './itinerary-pdf.ts';

const Params = z.object({
  id: z.string().regex(/^([0-9a-f-]{36}|[A-Z0-9]{6})$/),
  name: z.enum(['itinerary.pdf', 'calendar.ics', 'invoice.pdf']),
});
const Query = z.strictObject({ access: z.string().max(100).optional() });

/** States in which a booking has documents. */
const DOCUMENTED = new Set(['confirmed', 'ticketed', 'completed', 'changing', 'cancelling']);

export interface DocumentDeps {
  brandOf(tenant: Tenant, brandId: string): Promise<Brand | undefined>;
  themes: Pick<Themes, 'get'>;
  invoicing: {
    /** The invoice of a booking the reader may see, as PDF. */
    renderBookingInvoice(ctx: RequestContext, booking: Booking): Promise<Buffer | undefined>;
  };
}

/** Itinerary, calendar and invoice of a booking: made anew from the booking each time, in the brand and the customer's language. */
export function createDocuments(deps: DocumentDeps) {
  /** A brand that chose no colour of its own wears its theme's on paper too. */
  function inItsColour(brand: Brand): Brand {
    const colour = deps.themes.get(brand.theme).settings.primaryColor;
    return colour?.type === 'color'
      ? { ...brand, settings: { primaryColor: colour.default, ...brand.settings } }
      : brand;
  }

  async function reply(ctx: RequestContext, booking: Booking, name: z.infer<typeof Params>['name']): Promise<Reply> {
    const brand = (await deps.brandOf(ctx.tenant, booking.brandId)) ?? ctx.brand;
    const fileName = `${booking.reference}-${name}`;
    if (name === 'itinerary.pdf')
      return {
        status: 200,
        binary: {
          contentType: 'application/pdf',
          data: await renderItineraryPdf(booking, inItsColour(brand), booking.locale),
          fileName,
        },
      };
    if (name === 'calendar.ics')
      return {
        status: 200,
        binary: { contentType: 'text/calendar; charset=utf-8', data: renderCalendar(booking, brand), fileName },
      };
    const invoice = await deps.invoicing.renderBookingInvoice(ctx, booking);
    if (!invoice) throw NotFound({ what: 'An invoice of this booking' });
    return { status: 200, binary: { contentType: 'application/pdf', data: invoice, fileName } };
  }

  return {
    routes: [
      defineRoute(
        {
          method: 'get',
          path: '/bookings/:id/documents/:name',
          tag: 'Bookings',
          summary: 'Itinerary (PDF), calendar (ICS) or invoice (PDF) of a booking',
          can: 'public',
          audit: 'read-by-staff',
          rateLimit: { points: 60, seconds: 60 },
          params: Params,
          query: Query,
          responses: { 200: null },
        },
        async ({ params, query, ctx }) => {
          const booking = await getBooking(ctx, params.id, query.access);
          if (!DOCUMENTED.has(booking.state)) throw NotFound({ what: 'A document of this booking' });
          return reply(ctx, booking, params.name);
        },
      ),
    ],
    /** What a confirmation mail carries. */
    async attachmentsOf(
      booking: Booking,
      brand: Brand,
    ): Promise<Array<{ filename: string; contentType: string; content: Buffer }>> {
      return [
        {
          filename: `${booking.reference}-itinerary.pdf`,
          contentType: 'application/pdf',
          content: await renderItineraryPdf(booking, inItsColour(brand), booking.locale),
        },
        {
          filename: `${booking.reference}.ics`,
          contentType: 'text/calendar; charset=utf-8',
          content: renderCalendar(booking, brand),
        },
      ];
    },
  };
}

export type Documents = ReturnType<typeof createDocuments>;
