import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import compose from 'koa-compose';
import { defineProblem } from '../errors.ts';
import { API_BASE, type Api } from './api.ts';
import type { RequestContext } from './context.ts';
import { checkCsrf } from './csrf.ts';
import type { Method, Reply } from './route.ts';

/** What the outer pipeline left on the Koa state before the API runs. */
export interface TenantState {
  requestContext: Omit<RequestContext, 'idempotentId'>;
}

const UnsupportedMediaType = defineProblem({
  code: 'request.unsupported_media_type',
  status: 415,
  title: 'The body is not of a type we read',
  detail: (x: { given: string }) => `Send JSON with Content-Type: application/json; this request said ${x.given}.`,
});

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']);

/** Mounts the API on Koa under `/api/v1`: reads the body (JSON, at most 1 MB), checks CSRF, writes the answer. */
export function apiMiddleware(api: Api): Middleware {
  const readBody = bodyParser({ enableTypes: ['json'], jsonLimit: '1mb', jsonStrict: true });
  const answer: Middleware = async (ctx) => {
    // Unread it would look like a body without any field.
    if (ctx.request.length !== 0 && ctx.is('json', '+json') === false)
      throw UnsupportedMediaType({ given: ctx.get('content-type') || 'none' });
    const { requestContext } = ctx.state as TenantState;
    checkCsrf(requestContext.actor, {
      method: ctx.method,
      token: ctx.get('x-csrf-token') || undefined,
      origin: ctx.get('origin') || undefined,
      ownOrigin: requestContext.brand.origin,
    });
    const { reply, route } = await api.invoke({
      method: (ctx.method === 'HEAD' ? 'get' : ctx.method.toLowerCase()) as Method,
      path: ctx.path.slice(API_BASE.length) || '/',
      query: ctx.query as Record<string, string | string[]>,
      body: ctx.request.body,
      headers: ctx.headers as Record<string, string | undefined>,
      context: requestContext,
    });
    ctx.state.route = route.path;
    writeReply(ctx, reply);
  };
  const run = compose([readBody as Middleware, answer]);
  return async (ctx, next) => {
    if (!ctx.path.startsWith(`${API_BASE}/`) || !METHODS.has(ctx.method)) return next();
    return run(ctx, next);
  };
}

function writeReply(ctx: Context, reply: Reply): void {
  ctx.status = reply.status;
  ctx.set('cache-control', 'private, no-store');
  for (const [name, value] of Object.entries(reply.headers ?? {})) ctx.set(name, value);
  if (reply.binary) {
    ctx.type = reply.binary.contentType;
    if (reply.binary.fileName) ctx.set('content-disposition', `inline; filename="${reply.binary.fileName}"`);
    ctx.body = reply.binary.data;
  } else if (reply.body === undefined) ctx.body = null;
  else {
    if (ctx.response.type === '') ctx.type = 'json';
    // Serialised once: of an object, Koa and the compression would each ask the length, and serialise it to know.
    ctx.body = reply.json ?? Buffer.from(JSON.stringify(reply.body));
  }
}
