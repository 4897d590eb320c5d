const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How long a key is published before it signs: everybody who keeps our key set has fetched it again by then. */
export const PUBLISHED_BEFORE_SIGNING_MS = DAY;
/** How long a key signs before the timetable replaces it (NIST SP 800-57, 5.3.6: one to three years at most). */
export const SIGNS_FOR_MS = 90 * DAY;
/** How long a replaced key is still published: a session lives thirty days and may sign out with an ID token of its first hour. */
export const KEPT_AFTER_SIGNING_MS = 31 * DAY;

export type KeyState = 'next' | 'current' | 'previous' | 'retired';

export interface SigningKey {
  readonly kid: string;
  readonly state: KeyState;
  readonly createdAt: Date;
  /** When it came into its state. */
  readonly changedAt: Date;
}

/**
 * Why keys are looked at: by the clock, because somebody asked, because somebody will not wait for caches to see the next key, or because the
 * signing key is no secret any more.
 */
export type RotationReason = 'due' | 'asked' | 'now' | 'compromised';

export type RotationStep =
  | { readonly step: 'retire'; readonly kid: string }
  | { readonly step: 'publish' }
  | { readonly step: 'promote'; readonly kid: string; readonly replaces: string };

const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

/** When a `next` key may sign. One that is as old as the key set was in it from the beginning: no cache can lack it. */
export function signsFrom(next: SigningKey, keys: readonly SigningKey[]): Date {
  const oldest = Math.min(...keys.map((key) => key.createdAt.getTime()));
  return next.createdAt.getTime() <= oldest ? next.createdAt : after(next.createdAt, PUBLISHED_BEFORE_SIGNING_MS);
}

/**
 * The one next step of a tenant's keys, or undefined when nothing is to do. `next` signs when its turn comes, `previous` goes when no token
 * of it can be alive. Asked again after each step, so that a process killed between two leaves nothing half done.
 */
export function nextRotationStep(
  keys: readonly SigningKey[],
  reason: RotationReason,
  now: Date,
): RotationStep | undefined {
  const next = keys.find((key) => key.state === 'next');
  const current = keys.find((key) => key.state === 'current');
  const gone = keys.find(
    (key) =>
      key.state === 'previous' && (reason === 'compromised' || after(key.changedAt, KEPT_AFTER_SIGNING_MS) <= now),
  );
  if (gone) return { step: 'retire', kid: gone.kid };
  if (!next) return { step: 'publish' };
  if (!current) return undefined;
  const wanted = reason !== 'due' || after(current.changedAt, SIGNS_FOR_MS) <= now;
  const mayWait = reason === 'due' || reason === 'asked';
  if (!wanted || (mayWait && signsFrom(next, keys) > now)) return undefined;
  return { step: 'promote', kid: next.kid, replaces: current.kid };
}
