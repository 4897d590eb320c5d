import { timingSafeEqual } from 'node:crypto';
import { defineProblem } from '../errors.ts';
import type { Actor } from './actor.ts';

export const CsrfMissing = defineProblem({
  code: 'access.csrf',
  status: 403,
  title: 'The request lacks its CSRF token',
  detail: () => 'Send the token of GET /auth/session in the header X-CSRF-Token, from a page of this site.',
});

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Cross-site request forgery: an unsafe request that a session cookie authenticates must carry the session's token, and its Origin,
 * when the browser sends one, must be the brand's own. Bearer requests carry no ambient authority and need neither.
 */
export function checkCsrf(
  actor: Actor,
  request: { method: string; token: string | undefined; origin: string | undefined; ownOrigin: string },
): void {
  if (SAFE.has(request.method) || actor.csrfToken === undefined) return;
  const expected = Buffer.from(actor.csrfToken);
  const given = Buffer.from(request.token ?? '');
  const sameOrigin = request.origin === undefined || request.origin === request.ownOrigin;
  if (!sameOrigin || given.length !== expected.length || !timingSafeEqual(given, expected)) throw CsrfMissing();
}
