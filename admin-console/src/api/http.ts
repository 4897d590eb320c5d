import { ApiProblem, problemOf, STEP_UP, UNREACHABLE } from './problem.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

export type CallOptions = {
  query?: Query;
  body?: unknown;
  /** Same key for every retry of the same request: the server answers it once. */
  idempotencyKey?: string;
  /** Version of the resource that was edited. */
  version?: number;
  signal?: AbortSignal;
  /** The answer is no JSON: hand it over as it came. */
  asText?: boolean;
};

export type Http = ReturnType<typeof createHttp>;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

function search(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

function headersOf(method: Method, options: CallOptions, csrfToken: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    // The browser names a form's type itself, with the boundary it chose.
    ...(options.body === undefined || options.body instanceof FormData ? {} : { 'content-type': 'application/json' }),
    ...(method === 'GET' || csrfToken === null ? {} : { 'x-csrf-token': csrfToken }),
    ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
    ...(options.version === undefined ? {} : { 'if-match': `"${options.version}"` }),
  };
}

function readJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/**
 * The only place that fetches. Unsafe calls carry the session's CSRF token; anything but success is an `ApiProblem`.
 * `onSignedOut` hears of a session that ended meanwhile, `onStepUp` of an act for which the person must prove anew who it is. An aborted call rejects with the browser's AbortError.
 */
export function createHttp(session: {
  csrfToken: () => string | null;
  onSignedOut: () => void;
  onStepUp: (url: string) => void;
}) {
  async function call<T>(method: Method, url: string, options: CallOptions = {}): Promise<T> {
    const { body, signal } = options;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}${search(options.query)}`, {
        method,
        headers: headersOf(method, options, session.csrfToken()),
        ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiProblem({ status: 0, code: UNREACHABLE });
    }
    if (response.ok) return (options.asText ? text : readJson(text)) as T;
    if (response.status === 401) session.onSignedOut();
    const problem = problemOf(response.status, readJson(text));
    if (problem.code === STEP_UP && problem.body.stepUpUrl) session.onStepUp(problem.body.stepUpUrl);
    throw problem;
  }

  const api = (path: string) => `/api/v1${path}`;
  return {
    get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
      call<T>('GET', api(path), { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
    post: <T>(path: string, body: unknown, options: CallOptions = {}) =>
      call<T>('POST', api(path), { ...options, body }),
    put: <T>(path: string, body: unknown, options: CallOptions = {}) => call<T>('PUT', api(path), { ...options, body }),
    patch: <T>(path: string, body: unknown, options: CallOptions = {}) =>
      call<T>('PATCH', api(path), { ...options, body }),
    /** A document that is worked with here, so that a step-up is asked for like anywhere else. */
    text: (path: string) => call<string>('GET', api(path), { asText: true }),
    delete: (path: string, options: CallOptions = {}) => call<null>('DELETE', api(path), options),
    /** Addresses outside `/api/v1`: the session's. */
    outside: call,
  };
}
