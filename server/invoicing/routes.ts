import { defineRoute } from '../kernel/http/route.ts';
import type { Reply, Route } from '../kernel/http/route.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { presentInvoice, presentSummary } from './presenter.ts';
import { invoicePdf, listInvoices, openInvoice } from './read-invoices.ts';
import type { InvoiceRow } from './repository.ts';
import { InvoiceList, InvoiceListQuery, InvoiceView } from './schema.ts';

const tag = 'invoices';
const can = ['read', 'Invoice'] as const;

async function asPdf(ctx: RequestContext, invoice: InvoiceRow): Promise<Reply> {
  return { status: 200, binary: { contentType: 'application/pdf', ...(await invoicePdf(ctx.sql, invoice)) } };
}

/** Whether a client asks for the PDF before JSON. */
const wantsPdf = (accept: string | undefined): boolean =>
  accept !== undefined && accept.includes('application/pdf') && !accept.includes('application/json');

export function invoicingRoutes(): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/invoices',
        summary: 'Invoices you issued or were billed by, newest first',
        tag,
        can,
        query: InvoiceListQuery,
        responses: { 200: InvoiceList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listInvoices(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentSummary), next } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/invoices/:id',
        audit: 'read-by-staff',
        summary: 'One invoice; `Accept: application/pdf` gives the document',
        tag,
        can,
        params: IdParams,
        responses: { 200: InvoiceView },
      },
      async ({ ctx, params, headers }) => {
        const invoice = await openInvoice(ctx.sql, ctx.actor, params.id);
        const reply = wantsPdf(headers.accept)
          ? await asPdf(ctx, invoice)
          : { status: 200, body: presentInvoice(invoice) };
        return { ...reply, headers: { vary: 'Accept' } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/invoices/:id/pdf',
        audit: 'read-by-staff',
        summary: 'The invoice as PDF, for links',
        tag,
        can,
        params: IdParams,
        responses: { 200: null },
      },
      async ({ ctx, params }) => asPdf(ctx, await openInvoice(ctx.sql, ctx.actor, params.id)),
    ),
  ];
}
