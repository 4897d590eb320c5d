import type Stripe from 'stripe';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Consumer } from '../kernel/outbox/consumers.ts';
import { createDisputeNotices } from './dispute-notices.ts';
import { followDispute } from './follow-dispute.ts';
import { disputeRoutes, type DisputeRouteDeps } from './routes.ts';
import { createStripeDisputes } from './stripe-disputes.ts';

export { netOfOwnAccounts, standingOfBooking } from './repository.ts';
export { DISPUTE_NOTICE_EVENTS, type DisputeNotice } from './dispute-notices.ts';

/** Disputes of card payments: followed, answered, told of. */
export function createDisputes(given: {
  stripe: Stripe;
  database: Database;
  clock: Clock;
  factsOf: DisputeRouteDeps['factsOf'];
  peopleOf: Parameters<typeof createDisputeNotices>[0]['peopleOf'];
}) {
  const { database, clock, factsOf, peopleOf } = given;
  const deps = { database, clock, stripe: createStripeDisputes(given.stripe) };
  const followOnEvent: Consumer = {
    name: 'disputes.follow',
    kinds: ['dispute.provider_event@1'],
    handle: (event, tenant) =>
      followDispute(deps, tenant, {
        providerId: String(event.payload.disputeId),
        paymentId: String(event.payload.paymentId),
      }),
  };
  return {
    routes: disputeRoutes({ ...deps, factsOf }),
    consumers: [followOnEvent],
    noticesOf: createDisputeNotices({ database, peopleOf }),
  };
}

export type Disputes = ReturnType<typeof createDisputes>;
