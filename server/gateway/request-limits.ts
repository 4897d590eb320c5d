import type { Middleware } from 'koa';
import { defineProblem } from '../kernel/errors.ts';

const MAX_TARGET_LENGTH = 8192;
const MAX_PARAMETERS = 200;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export const AddressTooLong = defineProblem({
  code: 'request.address_too_long',
  status: 414,
  title: 'The address is too long',
  detail: () => `Send at most ${MAX_TARGET_LENGTH} characters of path and query.`,
});
export const TooManyParameters = defineProblem({
  code: 'request.too_many_parameters',
  status: 400,
  title: 'The query has too many parameters',
  detail: () => `Send at most ${MAX_PARAMETERS} parameters.`,
});
export const TransferCodingUnknown = defineProblem({
  code: 'request.transfer_coding_unknown',
  status: 501,
  title: 'The transfer coding is not known here',
  detail: () => 'Send the body with Content-Length, or chunked and nothing else.',
  headers: () => ({ connection: 'close' }),
});
export const MethodNotAllowed = defineProblem({
  code: 'request.method_not_allowed',
  status: 405,
  title: 'The method is not known here',
  detail: () => `Use one of ${METHODS.join(', ')}.`,
  headers: () => ({ allow: METHODS.join(', ') }),
});

/** Refuses what no page and no program of ours sends, before anything is looked up for it. */
export function requestLimits(): Middleware {
  return (ctx, next) => {
    if (!METHODS.includes(ctx.method)) throw MethodNotAllowed();
    // Node reads `x, chunked` as chunked; a proxy in front may not, and see two requests in one (RFC 9112, section 6.1).
    const coding = ctx.req.headers['transfer-encoding'];
    if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') throw TransferCodingUnknown();
    if (ctx.url.length > MAX_TARGET_LENGTH) throw AddressTooLong();
    if (ctx.querystring.split('&', MAX_PARAMETERS + 1).length > MAX_PARAMETERS) throw TooManyParameters();
    return next();
  };
}
