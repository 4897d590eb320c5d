import { defineProblem } from '../errors.ts';
import type { Actor } from './actor.ts';

/** How long ago a person may have signed in, for an act that a stolen session must not be enough for (OWASP ASVS 5, 7.5.1). */
export const STEP_UP_SECONDS = 300;
/** Where a browser goes to prove again who sits before it; `?returnTo=` is the path it comes back to. */
export const STEP_UP_PATH = '/auth/step-up';

export const StepUpRequired = defineProblem({
  code: 'access.step_up_required',
  status: 403,
  title: 'Confirm that it is you',
  detail: () =>
    `This needs a sign-in not older than ${STEP_UP_SECONDS / 60} minutes. In a browser go to stepUpUrl with ?returnTo= the path to come back to; with a token, ask for one with prompt=login. Then repeat the request.`,
  extensions: () => ({ stepUpUrl: STEP_UP_PATH }),
});

/** Whether a person's last sign-in is recent enough. Programs sign in with every token, so they are never asked. */
export function isFresh(actor: Pick<Actor, 'kind' | 'authentication'>, now: Date): boolean {
  if (actor.kind !== 'user') return true;
  const at = actor.authentication?.at.getTime();
  return at !== undefined && now.getTime() - at <= STEP_UP_SECONDS * 1000;
}
