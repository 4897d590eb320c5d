import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import { defineProblem } from '../errors.ts';
import { API_BASE, type Api } from './api.ts';
import type { CallerContext } from './context.ts';
import { checkCsrf } from './csrf.ts';
import { readQuery } from './query.ts';
import { parseJson, readBytes } from './read-body.ts';
import type { Method, Reply, Route } from './route.ts';
import { readUpload } from '../uploads/read-upload.ts';

/** What the outer pipeline left on the Koa state before the API runs. */
export interface TenantState {
  requestContext: CallerContext;
}

const UnsupportedMediaType = defineProblem({
  code: 'request.unsupported_media_type',
  status: 415,
  title: 'The body is not of a type we read',
  detail: (x: { given: string; wanted: string }) => `Send ${x.wanted}; this request said ${x.given}.`,
});

/** Of a JSON body. */
const MAX_BODY_BYTES = 1_048_576;
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']);

/**
 * Mounts the API on Koa under `/api/v1`: checks CSRF, writes the answer. The body (JSON, at most 1 MB) is read when limits and permission
 * let the request pass: nobody's bytes are taken for a refusal.
 */
export function apiMiddleware(api: Api): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(`${API_BASE}/`) || !METHODS.has(ctx.method)) return next();
    const { requestContext } = ctx.state as TenantState;
    const { reply, route } = await api.invoke({
      check: () =>
        checkCsrf(requestContext.actor, {
          method: ctx.method,
          token: ctx.get('x-csrf-token') || undefined,
          origin: ctx.get('origin') || undefined,
          ownOrigin: requestContext.brand.origin,
        }),
      method: (ctx.method === 'HEAD' ? 'get' : ctx.method.toLowerCase()) as Method,
      path: ctx.path.slice(API_BASE.length) || '/',
      query: readQuery(ctx.querystring),
      readBody: (route) => readBody(ctx, route),
      headers: ctx.headers as Record<string, string | undefined>,
      context: requestContext,
    });
    ctx.state.route = route.path;
    writeReply(ctx, reply);
  };
}

async function readBody(ctx: Context, route: Route): Promise<unknown> {
  const { headers } = ctx.req;
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return undefined;
  if (route.upload) {
    if (!ctx.is('multipart/form-data'))
      throw UnsupportedMediaType({
        given: ctx.get('content-type') || 'none',
        wanted: 'a form with Content-Type: multipart/form-data',
      });
    return readUpload(ctx, route.upload);
  }
  // Unread it would look like a body without any field.
  if (!ctx.is('json', '+json'))
    throw UnsupportedMediaType({
      given: ctx.get('content-type') || 'none',
      wanted: 'JSON with Content-Type: application/json',
    });
  return parseJson(await readBytes(ctx.req, MAX_BODY_BYTES));
}

function writeReply(ctx: Context, reply: Reply): void {
  ctx.status = reply.status;
  ctx.set('cache-control', 'private, no-store');
  for (const [name, value] of Object.entries(reply.headers ?? {})) ctx.set(name, value);
  if (reply.binary) {
    ctx.type = reply.binary.contentType;
    if (reply.binary.fileName) ctx.set('content-disposition', `inline; filename="${reply.binary.fileName}"`);
    ctx.body = reply.binary.data;
  } else if (reply.stream) {
    ctx.type = reply.stream.contentType;
    ctx.set('content-disposition', `attachment; filename="${reply.stream.fileName}"`);
    ctx.body = Readable.from(reply.stream.data);
  } else if (reply.body === undefined) ctx.body = null;
  else {
    if (ctx.response.type === '') ctx.type = 'json';
    // Serialised once: of an object, Koa and the compression would each ask the length, and serialise it to know.
    ctx.body = reply.json ?? Buffer.from(JSON.stringify(reply.body));
  }
}
