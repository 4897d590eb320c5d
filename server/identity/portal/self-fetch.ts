import http from 'node:http';
import type { CustomFetch } from 'openid-client';

const TIMEOUT_MS = 10_000;

/**
 * `fetch` to our own issuer: the request goes to this process' own port with the brand's name as Host, so that the back channel works
 * where the brand's domain does not resolve, and never leaves the machine.
 */
export function createSelfFetch(target: { host: string; port: () => number }): CustomFetch {
  return (url, options) =>
    new Promise((resolve, reject) => {
      const { host, pathname, search } = new URL(url);
      const body =
        options.body === undefined || options.body === null
          ? undefined
          : String(options.body as string | URLSearchParams);
      const request = http.request({
        host: target.host,
        port: target.port(),
        method: options.method,
        path: `${pathname}${search}`,
        timeout: TIMEOUT_MS,
        headers: {
          ...options.headers,
          host,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
        ...(options.signal ? { signal: options.signal } : {}),
      });
      request.on('timeout', () => request.destroy(new Error('Our own issuer did not answer in time')));
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const headers = new Headers();
          for (const [name, value] of Object.entries(response.headers))
            if (value !== undefined) headers.set(name, String(value));
          const status = response.statusCode ?? 500;
          resolve(new Response([204, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers }));
        });
      });
      request.end(body);
    });
}
