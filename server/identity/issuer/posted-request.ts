import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';

const parse = bodyParser({ enableTypes: ['form'], formLimit: '16kb' }) as Middleware;

/**
 * The query of an authorization request that was posted (OpenID Connect Core 1.0, 3.1.2.1: GET and POST must both be answered). The browser is
 * sent on to ask by GET: what another site posts bears no `SameSite=Lax` cookie, so the person would look signed out, and the cookies
 * need not be weakened for it. Parameters stay as they were sent, doubled ones too: the issuer judges them.
 * @throws AppError (413) when it is longer than 16 KiB
 */
export async function queryOfPostedRequest(ctx: Context): Promise<string> {
  if (!ctx.is('urlencoded')) return '';
  await parse(ctx, () => Promise.resolve());
  const { rawBody } = ctx.request as typeof ctx.request & { rawBody?: string };
  return new URLSearchParams(rawBody ?? '').toString();
}
