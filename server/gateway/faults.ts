import type { Context, Middleware } from 'koa';
import { NotFound, type AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { problemBody, toAppError } from '../kernel/http/problem.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';

/** Paths that machines read: their faults are problem documents, never pages. */
const MACHINE_PATHS = /^\/(api|webhooks|oidc|auth\/session|auth\/backchannel-logout)(\/|$)/;

const REQUEST_ID = /^[A-Za-z0-9-]{8,64}$/;

/**
 * The outermost layer: gives each request an id, logs and measures it, and turns whatever is thrown into a problem (RFC 9457), or into
 * a page for people.
 */
export function handleFaults(deps: {
  log: Logger;
  metrics: Metrics;
  renderErrorPage: (ctx: Context, problem: AppError, requestId: string) => string;
}): Middleware {
  return async (ctx, next) => {
    const given = ctx.get('x-request-id');
    const requestId = REQUEST_ID.test(given) ? given : newId();
    const log = deps.log.child({ 'http.request.id': requestId });
    Object.assign(ctx.state, { requestId, log });
    ctx.set('x-request-id', requestId);
    const end = deps.metrics.httpRequestDuration.startTimer();
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false) ctx.throw(404);
    } catch (error) {
      answer(ctx, error, requestId, log, deps.renderErrorPage);
    } finally {
      const route =
        typeof ctx.state.route === 'string' ? ctx.state.route : (MACHINE_PATHS.exec(ctx.path)?.[0] ?? 'page');
      end({ route, method: ctx.method, status: String(ctx.respond === false ? ctx.res.statusCode : ctx.status) });
      log.info(
        {
          'http.request.method': ctx.method,
          'url.path': ctx.path,
          'http.response.status_code': ctx.status,
          'tenant.id': (ctx.state.tenant as { id?: string } | undefined)?.id,
        },
        'request',
      );
    }
  };
}

function answer(
  ctx: Context,
  error: unknown,
  requestId: string,
  log: Logger,
  renderErrorPage: (ctx: Context, problem: AppError, requestId: string) => string,
): void {
  const { problem, unexpected } = toAppError(withoutKoa404(error, ctx), requestId);
  if (unexpected) log.error({ err: error, 'url.path': ctx.path }, 'request failed');
  if (ctx.headerSent || ctx.respond === false) {
    ctx.res.destroy();
    return;
  }
  ctx.status = problem.status;
  for (const [name, value] of Object.entries(problem.headers)) ctx.set(name, value);
  ctx.set('cache-control', 'no-store');
  if (MACHINE_PATHS.test(ctx.path) || !ctx.accepts('html')) {
    ctx.body = JSON.stringify(problemBody(problem, requestId));
    ctx.type = 'application/problem+json';
    return;
  }
  ctx.type = 'html';
  ctx.body = renderErrorPage(ctx, problem, requestId);
}

function withoutKoa404(error: unknown, ctx: Context): unknown {
  const fault = error as { status?: number; expose?: boolean };
  return fault.status === 404 && fault.expose ? NotFound({ what: ctx.path }) : error;
}
