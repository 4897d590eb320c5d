import { createServer, type Server } from 'node:http';
import type Koa from 'koa';

/** Ample for a slow phone; a connection that drips its header longer is cut (slowloris). */
const HEADERS_TIMEOUT_MS = 5000;
/** For header and body together. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How often connections are looked at; Node's 30 s would let a half-sent header live that long. */
const CHECK_EVERY_MS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;
/** More are closed unanswered: a process that takes them all serves nobody. */
const MAX_CONNECTIONS = 20_000;

/**
 * Listens for the public port: bounded headers and bodies in time (slowloris), and a close that finishes what is under way: no new
 * connections, idle ones ended, running answers completed.
 */
export async function serve(
  app: Koa,
  options: { port: number; host: string; headersTimeoutMs?: number },
): Promise<{ server: Server; port: number; close(deadlineMs: number): Promise<void> }> {
  const handle = app.callback();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, options.headersTimeoutMs ?? CHECK_EVERY_MS),
    },
    // Koa ends the response itself, whatever fails.
    (request, response) => void handle(request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    server,
    port: typeof address === 'object' && address ? address.port : options.port,
    close: (deadlineMs) =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), deadlineMs);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
