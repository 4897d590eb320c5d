/** Anything a URL parser and a browser could read as another host, or that could split a header: all but printable ASCII, and backslashes. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;

/**
 * The path to go to after signing in: of this origin only, `/` for anything else. `//host`, `/\host`, schemes, and paths that lead
 * straight back into signing in are refused (CWE-601).
 */
export function safeReturnTo(value: unknown, origin: string): string {
  if (
    typeof value !== 'string' ||
    value.length > 1024 ||
    !value.startsWith('/') ||
    value.startsWith('//') ||
    !PLAIN.test(value)
  )
    return '/';
  if (!URL.canParse(value, origin)) return '/';
  const url = new URL(value, origin);
  if (url.origin !== origin || url.pathname.startsWith('//') || /^\/(auth|oidc|interaction)(\/|$)/.test(url.pathname))
    return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
