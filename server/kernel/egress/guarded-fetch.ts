import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, request, type Dispatcher } from 'undici';
import { isOwnNetwork, isPublicAddress } from './address.ts';
import { EgressRefused, type EgressReason } from './egress-refused.ts';
import type { NameResolver } from './resolver.ts';

const PORTS = new Set(['', '443', '8443']);
const TIMEOUT_MS = 5000;
const MAX_BYTES = 1024 * 1024;

export interface EgressRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams | Uint8Array | null;
  signal?: AbortSignal;
  /** Less than the ceilings of five seconds and one megabyte. */
  timeoutMs?: number;
  maxBytes?: number;
}

/** Answers redirects as they are (3xx); throws EgressRefused for what may not be called or did not answer within the limits. */
export type GuardedFetch = (url: string | URL, init?: EgressRequest) => Promise<Response>;

interface Options {
  resolver: NameResolver;
  /** A developer's machine: http, any port, and the own network are allowed; never link-local or other special ranges. */
  allowPrivate: boolean;
  /** In place of the rule about addresses. */
  isAllowed?: (address: string) => boolean;
}

/**
 * `fetch` for addresses that a tenant chose (CWE-918). The name is resolved once, every address it has is checked, and the connection
 * goes to one that was checked, so that a name which answers differently a moment later gains nothing. No redirect is followed, no
 * compressed body is unpacked, and the whole exchange has one deadline.
 */
export function createGuardedFetch(options: Options): GuardedFetch & { close(): Promise<void> } {
  const { allowPrivate, resolver } = options;
  const isAllowed =
    options.isAllowed ?? ((address) => isPublicAddress(address) || (allowPrivate && isOwnNetwork(address)));
  const connect = buildConnector({ lookup: pinnedLookup(resolver, isAllowed, allowPrivate), timeout: TIMEOUT_MS });
  const agent = new Agent({
    keepAliveTimeout: 1000,
    // Names that are numbers never reach the lookup, and a proxy of the system might answer in another's place.
    connect: (target, done) =>
      connect(target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
        if (error || !socket) return done(error ?? new Error('no socket'), null);
        if (isAllowed(socket.remoteAddress ?? '')) return done(null, socket);
        socket.destroy();
        done(new EgressRefused('address', target.hostname), null);
      }),
  });

  const guardedFetch: GuardedFetch = async (address, init = {}) => {
    const url = checkUrl(address, { allowPrivate, isAllowed });
    const timeout = AbortSignal.timeout(Math.min(init.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MS));
    const signal = init.signal ? AbortSignal.any([timeout, init.signal]) : timeout;
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: init.method ?? 'GET',
        headers: { 'user-agent': 'portolan', accept: '*/*', ...init.headers, 'accept-encoding': 'identity' },
        body: init.body === undefined || init.body === null ? null : toBody(init.body),
        signal,
      });
      return await toResponse(answer, url.hostname, Math.min(init.maxBytes ?? MAX_BYTES, MAX_BYTES));
    } catch (error) {
      if (error instanceof EgressRefused) throw error;
      throw new EgressRefused(timeout.aborted ? 'timeout' : reasonOf(error), url.hostname, { cause: error });
    }
  };
  return Object.assign(guardedFetch, { close: () => agent.destroy() });
}

const toBody = (body: string | URLSearchParams | Uint8Array): string | Uint8Array =>
  body instanceof URLSearchParams ? body.toString() : body;

function checkUrl(
  address: string | URL,
  rules: { allowPrivate: boolean; isAllowed: (address: string) => boolean },
): URL {
  if (!URL.canParse(String(address))) throw new EgressRefused('url_invalid', '');
  const url = new URL(address);
  const refuse = (reason: EgressReason) => new EgressRefused(reason, url.hostname);
  if (url.protocol !== 'https:' && !(rules.allowPrivate && url.protocol === 'http:')) throw refuse('scheme');
  if (url.username || url.password) throw refuse('credentials_in_url');
  if (!rules.allowPrivate && !PORTS.has(url.port)) throw refuse('port');
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) && !rules.isAllowed(literal)) throw refuse('address');
  return url;
}

/** Resolves, checks all, and hands out what was checked: the socket connects to nothing else. */
function pinnedLookup(
  resolver: NameResolver,
  isAllowed: (address: string) => boolean,
  allowPrivate: boolean,
): LookupFunction {
  const resolve = async (host: string): Promise<string[]> => {
    // RFC 6761: names of this machine. The system's resolver knows them in some places and not in others.
    if (allowPrivate && /(^|\.)localhost\.?$/.test(host)) return ['127.0.0.1'];
    const found = await resolver.addresses(host);
    if (found.length === 0) throw new EgressRefused('unknown_host', host);
    if (!found.every(isAllowed)) throw new EgressRefused('address', host);
    return found;
  };
  return (host, { all }, done) => {
    resolve(host).then(
      (found) => {
        const [first = ''] = found;
        if (all)
          done(
            null,
            found.map((address) => ({ address, family: isIP(address) })),
          );
        else done(null, first, isIP(first));
      },
      (error: NodeJS.ErrnoException) => done(error, []),
    );
  };
}

async function toResponse(answer: Dispatcher.ResponseData, host: string, maxBytes: number): Promise<Response> {
  const refuse = (reason: EgressReason) => {
    answer.body.on('error', () => undefined).destroy();
    return new EgressRefused(reason, host);
  };
  const encoding = answer.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw refuse('encoded');
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw refuse('too_large');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw refuse('too_large');
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each);
  const hasBody = ![204, 205, 304].includes(answer.statusCode);
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status: answer.statusCode, headers });
}

function reasonOf(error: unknown): EgressReason {
  const { code = '', cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof EgressRefused) return cause.reason;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (/CERT|TLS|SSL|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return 'tls';
  return code === 'ENOTFOUND' || code === 'ESERVFAIL' ? 'unknown_host' : 'unreachable';
}
