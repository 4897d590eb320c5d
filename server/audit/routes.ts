import { defineRoute, type Route } from '../kernel/http/route.ts';
import { csvOf, presentEntry } from './presenter.ts';
import { listEntries, readAll, readEntry } from './read-entries.ts';
import { AuditEntryView, AuditExportQuery, AuditPage, AuditParams, AuditQuery } from './schema.ts';

const shared = { method: 'get', tag: 'audit', can: ['read', 'AuditEntry'], audit: 'read' } as const;

/** The log, for those whose network it is; reading it is itself an entry. */
export function auditRoutes(): Route[] {
  return [
    defineRoute(
      {
        ...shared,
        path: '/audit-log',
        summary: 'Who did what, newest first',
        query: AuditQuery,
        responses: { 200: AuditPage },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listEntries(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentEntry), next } };
      },
    ),
    defineRoute(
      {
        ...shared,
        path: '/audit-log/export',
        summary: 'The same as CSV, all pages',
        query: AuditExportQuery,
        responses: { 200: null },
        rateLimit: { points: 10, seconds: 600 },
      },
      ({ ctx, query }) => {
        ctx.audit.note({ details: { filters: query } });
        const fileName = `audit-log-${ctx.tenant.slug}.csv`;
        const data = csvOf(readAll(ctx.sql, ctx.actor, query));
        return Promise.resolve({ status: 200, stream: { contentType: 'text/csv; charset=utf-8', fileName, data } });
      },
    ),
    defineRoute(
      {
        ...shared,
        path: '/audit-log/:id',
        summary: 'One entry',
        params: AuditParams,
        responses: { 200: AuditEntryView },
      },
      async ({ ctx, params }) => ({ status: 200, body: presentEntry(await readEntry(ctx.sql, ctx.actor, params.id)) }),
    ),
  ];
}
