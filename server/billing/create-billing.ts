import { z } from 'zod';
import type { Database } from '../kernel/database/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { API_BASE } from '../kernel/http/api.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams, Instant, MoneyView, Uuid } from '../kernel/http/wire.ts';
import { regionalLocale } from '../kernel/money-format.ts';
import { renderTaggedPdf } from '../kernel/pdf/index.ts';
import { billBlocks, billTexts } from './bill-blocks.ts';
import { findOwn, listInvoices, type PlatformInvoice } from './repository.ts';

const PlatformInvoiceView = z
  .object({
    id: Uuid,
    /** Gap-free over all resellers of the platform. */
    number: z.string(),
    month: z.string(),
    plan: z.string(),
    monthly: MoneyView,
    fees: MoneyView,
    /** What the platform already had with card payments. */
    taken: MoneyView,
    total: MoneyView,
    issuedAt: Instant,
    dueOn: z.string(),
    paidAt: Instant.nullable(),
    pdfUrl: z.string(),
  })
  .openapi('PlatformInvoice');

function present(invoice: PlatformInvoice): z.infer<typeof PlatformInvoiceView> {
  const money = (amount: number) => ({ amount, currency: invoice.currency });
  return {
    id: invoice.id,
    number: invoice.number,
    month: invoice.month,
    plan: invoice.plan_name,
    monthly: money(invoice.monthly_minor),
    fees: money(invoice.fees_minor),
    taken: money(invoice.taken_minor),
    total: money(invoice.total_minor),
    issuedAt: invoice.issued_at.toISOString(),
    dueOn: invoice.due_on,
    paidAt: invoice.paid_at?.toISOString() ?? null,
    pdfUrl: `${API_BASE}/platform-invoices/${invoice.id}/pdf`,
  };
}

/** Who issues: the platform's operator, whose company is not the platform's to know. */
const OPERATOR = { name: 'Portolan', settings: {}, legal: {} };

async function pdfOf(ctx: RequestContext, invoice: PlatformInvoice) {
  const data = await renderTaggedPdf({
    title: `${billTexts(ctx.locale).title} ${invoice.number}`,
    language: regionalLocale(ctx.locale),
    createdAt: invoice.issued_at,
    brand: OPERATOR,
    blocks: billBlocks(invoice, ctx.locale),
  });
  return { status: 200, binary: { contentType: 'application/pdf', data, fileName: `${invoice.number}.pdf` } };
}

/** What the platform invoiced a reseller, for its own people to read. Issuing is the operator's, by command line. */
export function createBilling({ database }: { database: Database }): { routes: Route[] } {
  const shared = { method: 'get', tag: 'platform billing', can: ['read', 'PlatformInvoice'] } as const;
  return {
    routes: [
      defineRoute(
        {
          ...shared,
          path: '/platform-invoices',
          summary: 'What the platform invoiced you, newest month first',
          responses: { 200: z.object({ data: z.array(PlatformInvoiceView) }) },
        },
        async ({ ctx }) => {
          const rows = await listInvoices(database.platform, { tenantId: ctx.tenant.id });
          return { status: 200, body: { data: rows.map(present) } };
        },
      ),
      defineRoute(
        {
          ...shared,
          path: '/platform-invoices/:id/pdf',
          summary: 'One of them as PDF',
          params: IdParams,
          responses: { 200: null },
          problems: [NotFound],
        },
        async ({ ctx, params }) => {
          const invoice = await findOwn(database.platform, ctx.tenant.id, params.id);
          if (!invoice) throw NotFound({ what: 'This invoice' });
          return pdfOf(ctx, invoice);
        },
      ),
    ],
  };
}
