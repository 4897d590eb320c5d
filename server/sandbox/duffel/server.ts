import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { handleAdmin } from './admin.ts';
import type { SandboxContext } from './context.ts';
import { ApiProblem, errorBody, newRequestId, notFound } from './envelope.ts';
import type { Fault } from './faults.ts';
import { matchRoute } from './router.ts';
import type { Reply, SandboxRequest } from './router.ts';
import { routes } from './routes.ts';
import { hotelBook } from './stays/hotels.ts';
import { drawPhoto } from './stays/photos.ts';

const windowMs = 60_000;
const largestBody = 1_000_000;

export interface SandboxServerOptions {
  token: string | undefined;
  requestsPerMinute: number;
}

interface RateWindow {
  endsAt: number;
  used: number;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > largestBody)
      throw new ApiProblem(
        413,
        'invalid_request_error',
        'payload_too_large',
        'Payload too large',
        'The request body is larger than 1 MB.',
      );
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new ApiProblem(
      400,
      'invalid_request_error',
      'malformed_request',
      'Malformed request',
      'The request body is not valid JSON.',
    );
  }
}

/** Any test token is accepted unless one was configured; a live token never. */
function checkHeaders(request: IncomingMessage, token: string | undefined): void {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const accepted =
    given !== undefined &&
    !given.startsWith('duffel_live_') &&
    (token === undefined ? given.length > 0 : given === token);
  if (!accepted)
    throw new ApiProblem(
      401,
      'authentication_error',
      'access_token_not_found',
      'Access token not found',
      'The access token used is not recognised by this sandbox.',
    );
  if (request.headers['duffel-version'] !== 'v2')
    throw new ApiProblem(
      400,
      'invalid_request_error',
      'unsupported_version',
      'Unsupported version',
      'The Duffel-Version header must be v2.',
    );
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string>,
): void {
  if (response.destroyed || response.writableEnded) return;
  const text = Buffer.from(JSON.stringify(body));
  const zipped = text.length > 1400 && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(zipped ? gzipSync(text, { level: 1 }) : text);
}

/** The HTTP side: tokens, rate limit, faults, envelopes and errors around the resource handlers. */
export function createSandboxServer(ctx: SandboxContext, options: SandboxServerOptions): Server {
  const counts = new Map<string, number>();
  const rate: RateWindow = { endsAt: 0, used: 0 };

  function takeRate(headers: Record<string, string>): void {
    const now = Date.now();
    if (now >= rate.endsAt) Object.assign(rate, { endsAt: now + windowMs, used: 0 });
    rate.used += 1;
    headers['ratelimit-limit'] = String(options.requestsPerMinute);
    headers['ratelimit-remaining'] = String(Math.max(0, options.requestsPerMinute - rate.used));
    headers['ratelimit-reset'] = new Date(rate.endsAt).toUTCString();
    if (rate.used > options.requestsPerMinute) throw tooMany();
  }

  async function playBefore(fault: Fault | undefined, headers: Record<string, string>): Promise<'answer' | 'hang'> {
    if (fault?.kind === 'http_500')
      throw new ApiProblem(
        500,
        'api_error',
        'internal_server_error',
        'Internal server error',
        'The sandbox was asked to fail.',
      );
    if (fault?.kind === 'http_429') {
      headers['ratelimit-remaining'] = '0';
      throw tooMany();
    }
    if (fault?.kind === 'slow') await wait(fault.delayMs, undefined, { ref: false });
    return fault?.kind === 'hang' ? 'hang' : 'answer';
  }

  async function answer(request: IncomingMessage, url: URL, headers: Record<string, string>): Promise<Reply | 'hang'> {
    checkHeaders(request, options.token);
    takeRate(headers);
    const matched = matchRoute(routes, request.method ?? 'GET', url.pathname);
    if (!matched) throw notFound('resource');
    const { operation, handle } = matched.route;
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const text = await readBody(request);
    const body = (parseJson(text)['data'] ?? {}) as Record<string, unknown>;
    const fault = ctx.faults.take(operation, `${url.pathname}${url.search} ${text}`);
    if ((await playBefore(fault, headers)) === 'hang') return 'hang';
    const sandboxRequest: SandboxRequest = {
      params: matched.params,
      query: url.searchParams,
      body,
      fault: fault?.kind,
    };
    const reply = handle(ctx, sandboxRequest);
    if (fault?.kind !== 'created_then_timeout') return reply;
    await wait(fault.delayMs, undefined, { ref: false });
    throw new ApiProblem(
      504,
      'api_error',
      'gateway_timeout',
      'Gateway timeout',
      'The airline did not answer in time. The order may or may not have been created.',
    );
  }

  /** Pictures need no token: browsers ask for them. */
  function servePhoto(url: URL, response: ServerResponse): void {
    const match = /^\/photos\/(acc_\w{22})\/(\d{1,2})\.svg$/.exec(url.pathname);
    const hotel = match ? hotelBook(ctx.seed).byId(match[1] ?? '') : undefined;
    const drawing = hotel ? drawPhoto(hotel, Number(match?.[2])) : undefined;
    if (drawing === undefined) throw notFound('photo');
    response.writeHead(200, {
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': 'public, max-age=86400, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
    });
    response.end(drawing);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const requestId = newRequestId();
    const headers: Record<string, string> = { 'x-request-id': requestId, 'x-sandbox': 'true' };
    try {
      if (url.pathname === '/' && request.method === 'GET') return serveHome(response);
      if (url.pathname.startsWith('/photos/') && request.method === 'GET') return servePhoto(url, response);
      if (url.pathname.startsWith('/__sandbox/')) {
        const admin = handleAdmin(
          ctx,
          counts,
          request.method ?? 'GET',
          url.pathname,
          parseJson(await readBody(request)),
        );
        return send(request, response, admin.status, admin.body, headers);
      }
      const reply = await answer(request, url, headers);
      if (reply === 'hang') return;
      send(
        request,
        response,
        reply.status ?? 200,
        { data: reply.data, ...(reply.meta === undefined ? {} : { meta: reply.meta }) },
        headers,
      );
    } catch (error) {
      const problem =
        error instanceof ApiProblem
          ? error
          : new ApiProblem(
              500,
              'api_error',
              'internal_server_error',
              'Internal server error',
              'The sandbox failed; see its log.',
            );
      if (problem !== error) console.error('duffel sandbox', request.method, url.pathname, error);
      send(request, response, problem.status, errorBody(problem, requestId), headers);
    }
  }

  return createServer((request, response) => void handle(request, response));
}

/** What a person sees who opens the address in a browser. */
function serveHome(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
  });
  response.end(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox supplier</title><h1>Sandbox supplier</h1>' +
      '<p>This server plays a travel supplier for development and tests. Its flights, hotels and prices are invented and nothing is for sale.</p></html>',
  );
}

const tooMany = (): ApiProblem =>
  new ApiProblem(
    429,
    'rate_limit_error',
    'rate_limit_exceeded',
    'Rate limit exceeded',
    'Too many requests; wait until ratelimit-reset.',
  );
