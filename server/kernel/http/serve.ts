import { createServer, type Server } from 'node:http';
import type Koa from 'koa';

const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Listens for the public port: bounded headers and bodies in time (slowloris), and a close that finishes what is under way: no new
 * connections, idle ones ended, running answers completed.
 */
export async function serve(
  app: Koa,
  options: { port: number; host: string },
): Promise<{ server: Server; port: number; close(deadlineMs: number): Promise<void> }> {
  const handle = app.callback();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: 65_000,
    },
    // Koa ends the response itself, whatever fails.
    (request, response) => void handle(request, response),
  );
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
