import { Router } from '@koa/router';
import type { ZodType } from 'zod';
import type { TenantSql } from '../database/sql.ts';
import { Forbidden, NotFound, Unauthenticated } from '../errors.ts';
import { tenantKey } from '../redis.ts';
import type { Actor } from './actor.ts';
import { isAudited, isDenial, noAudit, recordRefusal, withAudit, type AuditPen, type AuditTrail } from './audit.ts';
import type { CallerContext } from './context.ts';
import { withIdempotency } from './idempotency.ts';
import { validationProblem } from './problem.ts';
import type { Allowances } from './allowances.ts';
import type { RateLimit, RateLimiter } from './rate-limit.ts';
import type { Method, Reply, Route } from './route.ts';
import { mustActAsOneself } from './acting.ts';
import { StepUpRequired, isFresh } from './step-up.ts';

export const API_BASE = '/api/v1';
/** A person's and a program's own ceiling; addresses and tenants are counted before (`gateway/limit-rates.ts`). */
type PerActor = Partial<Record<Actor['kind'], RateLimit>>;

export interface ApiRequest {
  method: Method;
  /** Path below `/api/v1`, without the query string. */
  path: string;
  query?: Record<string, string | string[]>;
  body?: unknown;
  /** Reads the body, where it is still on its way: called once limits and permission let the request pass. */
  readBody?: (route: Route) => Promise<unknown>;
  headers?: Record<string, string | undefined>;
  context: CallerContext;
  /** What the transport must be sure of once the route is known: that a browser's request is genuine. Throws AppError. */
  check?: () => void;
}

export interface Api {
  readonly routes: readonly Route[];
  /** Answers one request; HTTP and server-side rendering both come through here. Throws AppError. */
  invoke(request: ApiRequest): Promise<{ reply: Reply; route: Route }>;
}

interface Matched {
  route: Route;
  params: Record<string, string>;
}

/**
 * All routes behind one door: match → rate limit → permission → step-up → validation → audit → idempotency → handler → in development,
 * the answer is checked against its schema too.
 */
export function createApi(
  routes: readonly Route[],
  options: {
    allowances?: Allowances;
    perActor?: PerActor;
    rateLimiter?: RateLimiter;
    audit?: AuditTrail;
    checkAnswers: boolean;
  },
): Api {
  const router = new Router();
  const byName = new Map<string, Route>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    if (byName.has(name)) throw new Error(`Route declared twice: ${name}`);
    byName.set(name, route);
    router.register(route.path, [route.method], () => undefined, { name });
  }

  const match = (method: Method, path: string): Matched => {
    const found = router.match(path, method.toUpperCase());
    const layer = found.pathAndMethod.at(0);
    const route = layer?.name ? byName.get(layer.name) : undefined;
    if (!layer || !route) throw NotFound({ what: `${method.toUpperCase()} ${API_BASE}${path}` });
    return { route, params: layer.params(path, layer.captures(path)) };
  };

  return {
    routes,
    async invoke(request) {
      const { route, params } = match(request.method, request.path);
      const { context } = request;
      const limits = await takePoints(options, route, context);
      const userAgent = request.headers?.['user-agent'] ?? null;
      const attempt = { context, route, params, userAgent, fields: [] as readonly string[] };
      const audited = isAudited(route, context.actor);
      const refuse = async (error: unknown): Promise<never> => {
        const isTold = audited || (context.actor.kind !== 'anonymous' && isDenial(error));
        if (isTold) await recordRefusal(options.audit, attempt, error);
        throw error;
      };
      const admitted = await admit(
        request,
        { route, params },
        (body) => (attempt.fields = fieldsOf(route, body)),
      ).catch(refuse);
      const { body, input } = admitted;
      const handle = async (audit: AuditPen): Promise<Reply> => {
        const run = (idempotentId?: string) =>
          route.handle({ ...input, ctx: { ...context, audit, ...(idempotentId ? { idempotentId } : {}) } });
        return route.idempotent ? onceOnly(context.sql, { ...request, body }, route, run) : run();
      };
      const reply = audited ? await withAudit(options.audit, attempt, handle) : await handle(noAudit).catch(refuse);
      if (options.checkAnswers) checkAnswer(route, reply);
      return { reply: { ...reply, headers: { ...limits, ...reply.headers } }, route };
    },
  };
}

/**
 * What stands between a found route and its handler; answers what the handler is given. Throws AppError.
 * @param onBody hears of the body once it was read, before it is judged
 */
async function admit(request: ApiRequest, { route, params }: Matched, onBody: (body: unknown) => void) {
  request.check?.();
  authorise(route, request.context);
  if (route.stepUp) mustActAsOneself(request.context.actor);
  if (route.stepUp && !isFresh(request.context.actor, new Date())) throw StepUpRequired();
  const body = request.readBody ? await request.readBody(route) : request.body;
  onBody(body);
  const input = {
    params: parse(route.params, params, 'params'),
    query: parse(route.query, request.query ?? {}, 'query'),
    body: parse(route.body, body, 'body'),
    headers: request.headers ?? {},
  };
  return { body, input };
}

/** Names of the top-level fields a body has of those its route declares: what a stranger made up is not repeated. */
function fieldsOf(route: Route, body: unknown): string[] {
  const declared = route.body && 'shape' in route.body ? (route.body.shape as Record<string, unknown>) : {};
  return typeof body === 'object' && body !== null ? Object.keys(declared).filter((name) => name in body) : [];
}

/** Counts a person or program by its id wherever it comes from, everybody else by address. */
async function takePoints(
  { allowances, perActor, rateLimiter }: { allowances?: Allowances; perActor?: PerActor; rateLimiter?: RateLimiter },
  route: Route,
  { actor, tenant, ip }: ApiRequest['context'],
): Promise<Record<string, string>> {
  const ceiling = perActor?.[actor.kind];
  const who = actor.id && ceiling ? `${actor.kind}:${actor.id}` : `address:${ip}`;
  const headers =
    allowances && actor.id && ceiling ? allowances.take([{ key: tenantKey(tenant, 'rl', who), limit: ceiling }]) : {};
  if (!rateLimiter || !route.rateLimit) return headers;
  return rateLimiter.take(`${tenant.id}:${who}:${route.method}:${route.path}`, route.rateLimit);
}

function authorise(route: Route, { actor, ability }: ApiRequest['context']): void {
  if (route.can === 'public') return;
  const [action, subject] = route.can;
  if (ability.can(action, subject)) return;
  if (actor.kind === 'anonymous')
    throw Unauthenticated({ why: "Sign in, or send a bearer token of this host's issuer." });
  mustActAsOneself(actor);
  throw Forbidden({ action, subject });
}

function parse(schema: ZodType | undefined, value: unknown, where: 'params' | 'query' | 'body'): unknown {
  if (!schema) return where === 'body' ? undefined : {};
  const parsed = schema.safeParse(where === 'body' ? (value ?? {}) : value);
  if (!parsed.success)
    throw where === 'params' ? NotFound({ what: 'This address' }) : validationProblem(parsed.error, where);
  return parsed.data;
}

function onceOnly(
  sql: TenantSql,
  request: ApiRequest,
  route: Route,
  run: (id: string) => Promise<Reply>,
): Promise<Reply> {
  const { actor, ip } = request.context;
  return withIdempotency(
    sql,
    {
      key: request.headers?.['idempotency-key'],
      actor: actingId(actor) ?? `anonymous:${sql.vault.index('idempotency_keys.actor', ip)}`,
      route: `${route.method} ${request.path}`,
      body: request.body,
    },
    run,
  );
}

/** Who a key belongs to: a colleague's keys are not the customer's. */
const actingId = ({ id, actingParty }: Actor): string | null =>
  id && actingParty?.id ? `${id} by ${actingParty.id}` : id;

function checkAnswer(route: Route, reply: Reply): void {
  if (!(reply.status in route.responses))
    throw new Error(`${route.method} ${route.path} answered ${reply.status}, which it does not declare`);
  const schema = route.responses[reply.status];
  if (!schema || reply.binary || reply.stream) return;
  const parsed = schema.safeParse(JSON.parse(JSON.stringify(reply.body ?? null)));
  if (!parsed.success)
    throw new Error(`${route.method} ${route.path} answered outside its schema: ${parsed.error.message}`);
}
