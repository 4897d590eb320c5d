import type { ApiTransport } from '../contract.ts';

/** Calls the API of the page's own host with the session cookie. Unsafe methods carry the session's CSRF token. */
export function createBrowserTransport(csrfToken: () => string | null): ApiTransport {
  return async ({ method, path, query, body, headers }) => {
    const search = new URLSearchParams(query).toString();
    const token = method === 'GET' ? null : csrfToken();
    const response = await fetch(`/api/v1${path}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: {
        accept: 'application/json',
        // The browser names a form's type itself, with the boundary it chose.
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { 'x-csrf-token': token }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : readJson(text) };
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
