import { z } from 'zod';
import { abilityFor } from '../access/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { AppError, Conflict, NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { createApi, type ApiRequest } from '../kernel/http/api.ts';
import type { CallerContext } from '../kernel/http/context.ts';
import { defineRoute } from '../kernel/http/route.ts';
import { newId } from '../kernel/ids.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { createMetrics } from '../kernel/metrics/metrics.ts';
import type { TestWorld } from '../testing/index.ts';
import type { AuditRecord } from './entry.ts';
import { createAudit } from './index.ts';

export type Site = Awaited<ReturnType<TestWorld['createTenant']>>;

/** An entry as a test reads it: the record itself with its number. */
export interface Entry extends AuditRecord {
  sequence: number;
  text: string;
}

export async function entriesOf(sql: TenantSql): Promise<Entry[]> {
  const rows = await sql.all<{ sequence: number; body: string }>(q('audit_entries').orderBy('sequence'));
  return rows.map(({ sequence, body }) => ({ ...(JSON.parse(body) as AuditRecord), sequence, text: body }));
}

export const adminActor = (over: Partial<Actor> = {}): Actor => ({
  kind: 'user',
  id: newId(),
  role: 'reseller_admin',
  agencyId: null,
  agencyPath: '/',
  name: 'Ana Ruiz',
  email: 'ana@sol.test',
  ...over,
});

/** An audit log over a database (one that dies, perhaps), with an API of a few routes that end in every way. */
export function openAudit(world: TestWorld, database: Database = world.database) {
  const log = createLogger({ level: 'silent', role: 'test' });
  const audit = createAudit({ database, vault: world.vault, clock: systemClock, log, metrics: createMetrics() });
  const can = ['update', 'Agency'] as const;
  const answer = { 200: z.object({ id: z.string() }) };
  const done = { status: 200, body: { id: 'made-1' } };
  const body = z.strictObject({
    name: z.string().max(20),
    email: z.email().optional(),
    password: z.string().optional(),
  });
  let ran = 0;
  const route = (path: string, handle: Parameters<typeof defineRoute>[1]) =>
    defineRoute({ method: 'post', path, summary: path, tag: 'test', can, responses: answer }, async (input) => {
      ran += 1;
      return handle(input);
    });
  const api = createApi(
    [
      route('/done', () => Promise.resolve(done)),
      route('/conflict', () => Promise.reject(Conflict({ detail: 'Not now.' }))),
      route('/foreign', () => Promise.reject(NotFound({ what: 'This agency' }))),
      route('/broken', () => Promise.reject(new TypeError('a defect'))),
      defineRoute(
        {
          method: 'put',
          path: '/things/:id',
          summary: 's',
          tag: 'test',
          can,
          body,
          params: z.object({ id: z.uuid() }),
          responses: answer,
        },
        ({ ctx, body: { email, password } }) => {
          ctx.audit.note({
            subject: { label: 'Agency Sol' },
            before: { tier: 'bronze', email: 'old@sol.test', password: 'old', credit: { limit: 5 } },
            after: { tier: 'gold', email, password, credit: { limit: 7 } },
            details: { reason: 'asked by telephone' },
          });
          return Promise.resolve({ status: 200, body: { id: 'x' } });
        },
      ),
      defineRoute(
        { method: 'post', path: '/once', summary: 's', tag: 'test', can, idempotent: true, responses: answer },
        () => Promise.resolve(done),
      ),
      defineRoute(
        { method: 'post', path: '/ask', summary: 's', tag: 'test', can, audit: 'none', responses: answer },
        () => Promise.resolve(done),
      ),
      defineRoute(
        {
          method: 'get',
          path: '/read/:id',
          summary: 's',
          tag: 'test',
          can: ['read', 'Agency'],
          params: z.object({ id: z.string() }),
          responses: answer,
        },
        ({ params }) =>
          params.id === 'mine' ? Promise.resolve(done) : Promise.reject(NotFound({ what: 'This agency' })),
      ),
      defineRoute(
        {
          method: 'get',
          path: '/export',
          summary: 's',
          tag: 'test',
          can: ['read', 'Agency'],
          audit: 'read',
          responses: answer,
        },
        () => Promise.resolve(done),
      ),
    ],
    { audit: audit.trail, checkAnswers: true },
  );

  const contextOf = (site: Site, actor: Actor): CallerContext => ({
    requestId: newId(),
    tenant: site.tenant,
    brand: site.brand,
    actor,
    ability: { can: (action, subject) => abilityFor(actor).can(action, subject) },
    sql: database.tenant(site.tenant),
    locale: 'en',
    ip: '203.0.113.9',
    log,
  });

  return {
    audit,
    api,
    log,
    contextOf,
    /** How often a handler ran. */
    handled: () => ran,
    /** Status of the answer, or of the problem. */
    async call(
      site: Site,
      actor: Actor,
      request: Pick<ApiRequest, 'method' | 'path'> & Partial<ApiRequest>,
    ): Promise<number> {
      try {
        const { reply } = await api.invoke({ ...request, context: contextOf(site, actor) });
        return reply.status;
      } catch (error) {
        return error instanceof AppError ? error.status : 500;
      }
    },
  };
}
