import type { Clock } from '../../kernel/clock.ts';
import { createFairShare } from '../../kernel/http/fair-share.ts';
import type { Route } from '../../kernel/http/route.ts';
import { applicantRoutes } from './applicant-routes.ts';
import type { DecideDeps } from './decide.ts';
import { reviewRoutes } from './review-routes.ts';

export type { CarryAccount } from './decide.ts';
export { purgeApplications, sealedTables as sealedApplications } from './repository.ts';
export { APPLICATION_EVENTS, type ApplicationStep } from './tell-applicant.ts';

/** Companies that ask to sell in the network: their form, the papers, the review. */
export function applicationRoutes(deps: DecideDeps & { clock: Clock }): Route[] {
  const drawing = createFairShare({ atOnce: 1, waiting: 8, waitMs: 10_000 });
  // The applicant's come first: `own` is no id.
  return [...applicantRoutes({ ...deps, drawing }), ...reviewRoutes(deps)];
}
