import http from 'node:http';
import https from 'node:https';
import type { CustomFetch } from 'openid-client';

const TIMEOUT_MS = 15_000;

/** Names of this machine (RFC 6761, 6.3): Node asks the network for them, which need not know them. */
const isOwnMachine = (hostname: string): boolean => hostname === 'localhost' || hostname.endsWith('.localhost');

/** `fetch` that reaches `*.localhost` on the loopback address, whatever the resolver says; all other hosts as they are. */
export const ownHostFetch: CustomFetch = (url, options) => {
  const target = new URL(url);
  if (!isOwnMachine(target.hostname)) return fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  return new Promise((resolve, reject) => {
    const body =
      options.body === undefined || options.body === null
        ? undefined
        : String(options.body as string | URLSearchParams);
    const { request } = target.protocol === 'https:' ? https : http;
    const sent = request(
      {
        host: '127.0.0.1',
        servername: target.hostname,
        port: target.port || (target.protocol === 'https:' ? 443 : 80),
        method: options.method,
        path: `${target.pathname}${target.search}`,
        timeout: TIMEOUT_MS,
        headers: {
          ...options.headers,
          host: target.host,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
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
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`${target.host} did not answer in time`)));
    sent.on('error', reject);
    sent.end(body);
  });
};
