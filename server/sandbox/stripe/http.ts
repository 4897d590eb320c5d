import type { IncomingMessage, ServerResponse } from 'node:http';
import { StripeError } from './errors.ts';

const MAX_BODY = 1_048_576;

/** Reads a request body as text; over 1 MiB is refused. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY)
      throw new StripeError(413, {
        type: 'invalid_request_error',
        message: `The request body is larger than ${MAX_BODY} bytes.`,
      });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, no-store',
    ...headers,
  });
  response.end(text);
}

/** Sends a page under a strict policy; `formTargets` are the origins its forms may end at after a redirect. */
export function sendPage(response: ServerResponse, status: number, html: string, formTargets: string[] = []): void {
  const targets = [...new Set(["'self'", ...formTargets])].join(' ');
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'self'; form-action ${targets}; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(html);
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store', 'content-length': 0 });
  response.end();
}

export function originOf(url: string | null | undefined): string[] {
  return url && URL.canParse(url) ? [new URL(url).origin] : [];
}
