import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/**
 * `/healthz` (the process lives), `/readyz` (what it depends on answers) and `/metrics`, on a port of their own that stays inside.
 */
export function createAdminServer(deps: {
  registry: Registry;
  checks: Record<string, () => Promise<unknown>>;
  beforeMetrics?: () => Promise<void>;
}): Server {
  return createServer((request, response) => {
    void (async () => {
      if (request.url === '/healthz') return response.end('ok');
      if (request.url === '/readyz') {
        const results = await Promise.all(
          Object.entries(deps.checks).map(async ([name, check]) => [name, await withDeadline(check)] as const),
        );
        const ready = results.every(([, result]) => result === 'ok');
        response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ ready, checks: Object.fromEntries(results) }));
      }
      if (request.url === '/metrics') {
        await deps.beforeMetrics?.();
        response.writeHead(200, { 'content-type': deps.registry.contentType });
        return response.end(await deps.registry.metrics());
      }
      response.writeHead(404);
      return response.end();
    })().catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

async function withDeadline(check: () => Promise<unknown>): Promise<string> {
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('no answer within 2 s'), 2000).unref());
  const done = check().then(
    () => 'ok',
    (error: Error) => error.message,
  );
  return Promise.race([done, late]);
}
