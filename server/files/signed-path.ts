import { createHmac, timingSafeEqual } from 'node:crypto';

/** A link to something private lives no longer than this. */
export const SIGNED_FOR_MS = 15 * 60_000;

const signatureOf = (secret: Buffer, path: string, expires: string): Buffer =>
  createHmac('sha256', secret).update(`${path}\n${expires}`).digest();

/** Path with the end of its validity and an HMAC of both; the secret is the tenant's, so that another tenant's host does not take it. */
export function signPath(secret: Buffer, path: string, now: Date): string {
  const expires = String(Math.floor((now.getTime() + SIGNED_FOR_MS) / 1000));
  return `${path}?expires=${expires}&signature=${signatureOf(secret, path, expires).toString('base64url')}`;
}

/** Whether a link is one that `signPath` made, unchanged and not yet ended. */
export function isSigned(
  secret: Buffer,
  path: string,
  query: { expires?: unknown; signature?: unknown },
  now: Date,
): boolean {
  const { expires, signature } = query;
  if (typeof expires !== 'string' || typeof signature !== 'string' || !/^\d{10}$/.test(expires)) return false;
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(secret, path, expires);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const left = Number(expires) * 1000 - now.getTime();
  return left > 0 && left <= SIGNED_FOR_MS;
}
