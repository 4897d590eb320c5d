import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { Forbidden, NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import type { PeopleOf } from '../wallets/index.ts';
import { RemindedToday, ReminderPaused } from './errors.ts';
import { createReminderNotices } from './notices.ts';
import { presentReceivable, presentTotal } from './presenter.ts';
import { listReceivables, openReceivable } from './read-receivables.ts';
import { pauseReminders, remindNow, resumeReminders } from './remind.ts';
import { PausePut, ReceivableList, ReceivableQuery, ReceivableView } from './schema.ts';

/** What agencies have not paid, and the reminders of it: routes, and the mails its event causes. */
export function createReceivables(deps: { database: Database; clock: Clock; peopleOf: PeopleOf }) {
  return { routes: receivableRoutes(deps), noticesOf: createReminderNotices(deps) };
}

function receivableRoutes({ database, clock }: { database: Database; clock: Clock }): Route[] {
  const tag = 'receivables';
  const answer = async ({ sql, actor }: RequestContext, id: string, status: number) => ({
    status,
    body: presentReceivable(await openReceivable(sql, actor, id, clock.now()), actor),
  });
  const chase = { tag, can: ['adjust', 'Wallet'], params: IdParams } as const;
  return [
    defineRoute(
      {
        method: 'get',
        path: '/receivables',
        summary: 'What the agencies directly below you have not paid, what was due first before the rest',
        tag,
        can: ['read', 'Wallet'],
        query: ReceivableQuery,
        responses: { 200: ReceivableList },
      },
      async ({ ctx: { sql, actor }, query }) => {
        const { rows, next, totals } = await listReceivables(sql, actor, query, clock.now());
        return {
          status: 200,
          body: { data: rows.map((row) => presentReceivable(row, actor)), next, totals: totals.map(presentTotal) },
        };
      },
    ),
    defineRoute(
      {
        ...chase,
        method: 'post',
        path: '/receivables/:id/reminders',
        summary: 'Remind the agency of one thing now, once a day',
        responses: { 201: ReceivableView },
        problems: [NotFound, Forbidden, ReminderPaused, RemindedToday],
      },
      async ({ ctx, params }) => {
        await database.withTenant(ctx.tenant, (sql) => remindNow(sql, ctx.actor, params.id, clock.now(), ctx.audit));
        return answer(ctx, params.id, 201);
      },
    ),
    defineRoute(
      {
        ...chase,
        method: 'put',
        path: '/receivables/:id/pause',
        summary: 'Send no reminders of one thing until they are resumed',
        body: PausePut,
        responses: { 200: ReceivableView },
        problems: [NotFound, Forbidden],
      },
      async ({ ctx, params, body }) => {
        const pause = { id: params.id, reason: body.reason };
        await database.withTenant(ctx.tenant, (sql) => pauseReminders(sql, ctx.actor, pause, clock.now(), ctx.audit));
        return answer(ctx, params.id, 200);
      },
    ),
    defineRoute(
      {
        ...chase,
        method: 'delete',
        path: '/receivables/:id/pause',
        summary: 'Resume the reminders of one thing',
        responses: { 200: ReceivableView },
        problems: [NotFound, Forbidden],
      },
      async ({ ctx, params }) => {
        await database.withTenant(ctx.tenant, (sql) =>
          resumeReminders(sql, ctx.actor, params.id, clock.now(), ctx.audit),
        );
        return answer(ctx, params.id, 200);
      },
    ),
  ];
}
