import type { Context } from 'koa';

interface CookieOptions {
  origin: string;
  /** Seconds; a session cookie when left out, gone at once when 0. */
  maxAge?: number;
  path?: string;
}

const isSecure = (origin: string): boolean => origin.startsWith('https:');

/** `__Host-` (RFC 6265bis) binds a cookie to this very host; browsers accept it over https only. */
export const hostCookie = (name: string, origin: string): string => (isSecure(origin) ? `__Host-${name}` : name);

export const readCookie = (ctx: Context, name: string): string | undefined => ctx.cookies.get(name, { signed: false });

/** Written by hand: whether it is `Secure` follows the brand's stored origin, not what a proxy said of this connection. */
export function writeCookie(
  ctx: Context,
  name: string,
  value: string,
  { origin, maxAge, path = '/' }: CookieOptions,
): void {
  const parts = [`${name}=${value}`, `Path=${path}`, 'HttpOnly', 'SameSite=Lax'];
  if (isSecure(origin)) parts.push('Secure');
  if (maxAge !== undefined) parts.push(`Max-Age=${maxAge}`);
  ctx.append('set-cookie', parts.join('; '));
}

export const sessionCookie = (origin: string): string => hostCookie('portolan_sid', origin);
