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

/**
 * The line of a `set-cookie` header. Written by hand: whether it is `Secure` follows the brand's stored origin, not what a proxy said of this connection.
 */
export function cookieLine(name: string, value: string, { origin, maxAge, path = '/' }: CookieOptions): string {
  const parts = [`${name}=${value}`, `Path=${path}`, 'HttpOnly', 'SameSite=Lax'];
  if (isSecure(origin)) parts.push('Secure');
  if (maxAge !== undefined) parts.push(`Max-Age=${maxAge}`);
  return parts.join('; ');
}

export const writeCookie = (ctx: Context, name: string, value: string, options: CookieOptions): void =>
  ctx.append('set-cookie', cookieLine(name, value, options));

export const sessionCookie = (origin: string): string => hostCookie('portolan_sid', origin);
