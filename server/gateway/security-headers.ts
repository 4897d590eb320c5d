import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Middleware } from 'koa';
import compose from 'koa-compose';
import helmet from 'koa-helmet';

const nonces = new WeakMap<ServerResponse, string>();

/**
 * Security headers of every answer: strict CSP with a nonce of its own, no framing, no sniffing, isolation of the browsing context.
 * @param imageOrigins hosts that hotel photos come from, beside https ones
 */
export function securityHeaders(options: { https: boolean; imageOrigins: readonly string[] }): Middleware {
  const nonceOf = (_: unknown, res: ServerResponse) => `'nonce-${nonces.get(res) ?? ''}'`;
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", nonceOf],
        styleSrc: ["'self'", nonceOf],
        imgSrc: ["'self'", 'data:', 'https:', ...options.imageOrigins],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: options.https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    crossOriginEmbedderPolicy: false,
    originAgentCluster: true,
  });
  const addNonce: Middleware = (ctx, next) => {
    // 122 random bits out of Node's pool: a call for fresh bytes with every request costs more than the rest of this.
    const nonce = randomUUID().replaceAll('-', '');
    nonces.set(ctx.res, nonce);
    ctx.state.nonce = nonce;
    return next();
  };
  return compose([addNonce, headers]);
}
