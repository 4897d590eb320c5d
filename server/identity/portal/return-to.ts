/** Anything a URL parser and a browser could read as another host, or that could split a header. */
// eslint-disable-next-line no-control-regex -- control characters are what is refused
const SUSPECT = /[\\\u0000-\u0020\u007f]/;

/**
 * The path to go to after signing in: of this origin only, `/` for anything else. `//host`, `/\host`, schemes, and paths that lead
 * straight back into signing in are refused (CWE-601).
 */
export function safeReturnTo(value: unknown, origin: string): string {
  if (typeof value !== 'string' || value.length > 1024 || !value.startsWith('/') || value.startsWith('//') || SUSPECT.test(value)) return '/';
  if (!URL.canParse(value, origin)) return '/';
  const url = new URL(value, origin);
  if (url.origin !== origin || url.pathname.startsWith('//') || /^\/(auth|oidc|interaction)(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
