import { ActingNeedsSession, ActingNotHere, NobodyToActAs, type Acting } from '../identity/index.ts';
import { Unauthenticated } from '../kernel/errors.ts';
import { mustActAsOneself } from '../kernel/http/acting.ts';
import { defineRoute } from '../kernel/http/route.ts';
import { actAsCustomer } from './act-as-customer.ts';
import { ActingStart, ActingView } from './schema.ts';

export interface ActingDeps {
  acting: Acting;
}

const tag = 'customers';

/** Acting as a customer: a state of a colleague's browser session. */
export const actingRoutes = ({ acting }: ActingDeps) => [
  defineRoute(
    {
      method: 'post',
      path: '/me/acting',
      summary: 'Act as a customer in this browser session',
      tag,
      can: ['act', 'Customer'],
      rateLimit: { points: 60, seconds: 600 },
      body: ActingStart,
      responses: { 200: ActingView },
      problems: [ActingNeedsSession, ActingNotHere, NobodyToActAs],
    },
    async ({ ctx, body }) => {
      const { customer, until, headers } = await actAsCustomer(acting, ctx, body);
      const { id, givenName, familyName } = customer;
      const name = `${givenName} ${familyName}`.trim();
      return { status: 200, headers, body: { customer: { id, name }, until: until.toISOString(), redirectTo: '/' } };
    },
  ),
  defineRoute(
    {
      method: 'delete',
      path: '/me/acting',
      summary: 'Act as yourself again',
      tag,
      can: 'public',
      responses: { 204: null },
      problems: [Unauthenticated, ActingNeedsSession],
    },
    async ({ ctx }) => {
      const { actor } = ctx;
      if (actor.kind === 'anonymous') throw Unauthenticated({ why: 'Nobody is signed in here.' });
      if (actor.actingParty?.kind === 'operator') mustActAsOneself(actor);
      ctx.audit.note({ subject: { type: 'Customer', ...(actor.actingParty && actor.id ? { id: actor.id } : {}) } });
      return { status: 204, headers: (await acting.end(ctx)).headers };
    },
  ),
];
