import type { IncomingMessage } from 'node:http';

/**
 * Tells oidc-provider and Koa under which origin this request is served: the brand's stored one. Both build absolute URLs and decide on
 * `Secure` cookies from headers; those of the request are replaced, so that nothing a client sends reaches a redirect or a cookie.
 */
export function pinOrigin(req: IncomingMessage, origin: string): void {
  const { host, protocol } = new URL(origin);
  req.headers.host = host;
  req.headers['x-forwarded-host'] = host;
  req.headers['x-forwarded-proto'] = protocol.slice(0, -1);
  delete req.headers.forwarded;
}
