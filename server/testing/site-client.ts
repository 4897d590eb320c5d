import type { Server } from 'node:http';
import request from 'supertest';
import { newId } from '../kernel/ids.ts';

export interface Answer {
  status: number;
  /** Parsed JSON; a test looks at the wire, so it is not typed further. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the wire has every shape
  body: any;
  text: string;
  headers: Record<string, string>;
}

export interface CallOptions {
  /** Idempotency-Key; a new one with every POST unless told otherwise, none when null. */
  key?: string | null;
  headers?: Record<string, string>;
}

/** Speaks to one site of the server as one caller. */
export function createSiteClient(server: Server, host: string, caller: Record<string, string> = {}) {
  async function send(
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<Answer> {
    const agent = request(server);
    const call = agent[method](path).set({ host, accept: 'application/json', ...caller });
    const key = options.key === undefined && method === 'post' ? newId() : options.key;
    if (key) call.set('idempotency-key', key);
    if (typeof body === 'string') call.set('content-type', 'application/json');
    call.set(options.headers ?? {});
    const answer = await (body === undefined ? call : call.send(body as object));
    return {
      status: answer.status,
      body: answer.body,
      text: answer.text ?? '',
      headers: answer.headers,
    };
  }
  const api = (path: string) => (path.startsWith('/') ? `/api/v1${path}` : path);
  return {
    host,
    /** What the caller sends with every request to say who it is. */
    caller,
    get: (path: string, options?: CallOptions) => send('get', api(path), undefined, options),
    post: (path: string, body?: unknown, options?: CallOptions) => send('post', api(path), body ?? {}, options),
    put: (path: string, body?: unknown, options?: CallOptions) => send('put', api(path), body ?? {}, options),
    patch: (path: string, body?: unknown, options?: CallOptions) => send('patch', api(path), body ?? {}, options),
    delete: (path: string, options?: CallOptions) => send('delete', api(path), undefined, options),
    /** A path outside the API. */
    raw: (method: 'get' | 'post', path: string, body?: unknown, options?: CallOptions) =>
      send(method, path, body, options),
    async file(path: string): Promise<{ status: number; type: string; data: Buffer }> {
      const answer = await request(server)
        .get(api(path))
        .set({ host, ...caller })
        .buffer(true)
        .parse((response, done) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => done(null, Buffer.concat(parts)));
        });
      return { status: answer.status, type: String(answer.headers['content-type']), data: answer.body as Buffer };
    },
  };
}

export type SiteClient = ReturnType<typeof createSiteClient>;
