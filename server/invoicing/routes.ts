import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { defineRoute } from '../kernel/http/route.ts';
import type { Reply, Route } from '../kernel/http/route.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { creditInvoice } from './credit-invoice.ts';
import type { CreditNoteBooks } from './credit-invoice.ts';
import { CreditExceedsInvoice, NotAnEInvoice, NotCreditable } from './errors.ts';
import { presentInvoice, presentSummary } from './presenter.ts';
import { correctionsFor, invoicePdf, invoiceXml, listInvoices, openInvoice } from './read-invoices.ts';
import type { InvoiceRow } from './repository.ts';
import { CreditNoteCreate, InvoiceList, InvoiceListQuery, InvoiceView } from './schema.ts';

const tag = 'invoices';
const can = ['read', 'Invoice'] as const;

async function asPdf(ctx: RequestContext, invoice: InvoiceRow): Promise<Reply> {
  return { status: 200, binary: { contentType: 'application/pdf', ...(await invoicePdf(ctx.sql, invoice)) } };
}

function asXml(invoice: InvoiceRow): Reply {
  return { status: 200, binary: { contentType: 'application/xml; charset=utf-8', ...invoiceXml(invoice) } };
}

/** Whether a client asks for a type before JSON. */
const wants = (type: string, accept: string | undefined): boolean =>
  accept !== undefined && accept.includes(type) && !accept.includes('application/json');

async function inForm(ctx: RequestContext, invoice: InvoiceRow, accept: string | undefined): Promise<Reply> {
  if (wants('application/pdf', accept)) return asPdf(ctx, invoice);
  if (wants('application/xml', accept)) return asXml(invoice);
  return { status: 200, body: presentInvoice(invoice, await correctionsFor(ctx.sql, ctx.actor, invoice)) };
}

export interface InvoicingDeps {
  database: Database;
  clock: Clock;
  creditNoteBooks: CreditNoteBooks;
}

export function invoicingRoutes({ database, clock, creditNoteBooks }: InvoicingDeps): Route[] {
  return [
    creditNoteRoute({ database, clock, creditNoteBooks }),
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
        summary: 'One invoice; `Accept: application/pdf` gives the document, `application/xml` UBL 2.1 by EN 16931',
        tag,
        can,
        params: IdParams,
        responses: { 200: InvoiceView },
        problems: [NotAnEInvoice],
      },
      async ({ ctx, params, headers }) => {
        const invoice = await openInvoice(ctx.sql, ctx.actor, params.id);
        return { ...(await inForm(ctx, invoice, headers.accept)), headers: { vary: 'Accept' } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/invoices/:id/xml',
        audit: 'read-by-staff',
        summary: 'The invoice as UBL 2.1 by EN 16931, for links',
        tag,
        can,
        params: IdParams,
        responses: { 200: null },
        problems: [NotAnEInvoice],
      },
      async ({ ctx, params }) => asXml(await openInvoice(ctx.sql, ctx.actor, params.id)),
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

function creditNoteRoute({ database, clock, creditNoteBooks }: InvoicingDeps): Route {
  return defineRoute(
    {
      method: 'post',
      path: '/invoices/:id/credit-notes',
      summary: 'Correct an invoice you issued by a credit note, whole or by an amount',
      tag,
      can: ['adjust', 'Invoice'],
      stepUp: true,
      idempotent: true,
      params: IdParams,
      body: CreditNoteCreate,
      responses: { 201: InvoiceView },
      problems: [NotFound, NotCreditable, CreditExceedsInvoice],
    },
    async ({ ctx, params, body }) => {
      const credit = {
        invoiceId: params.id,
        key: ctx.idempotentId ?? newId(),
        reason: body.reason,
        ...(body.amountMinor === undefined ? {} : { amountMinor: body.amountMinor }),
        now: clock.now(),
      };
      const note = await database.withTenant(ctx.tenant, (sql) =>
        creditInvoice(sql, ctx.actor, credit, creditNoteBooks, ctx.audit),
      );
      return { status: 201, body: presentInvoice(note) };
    },
  );
}
