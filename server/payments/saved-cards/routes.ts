import { NotFound, Unauthenticated } from '../../kernel/errors.ts';
import { mustActAsOneself, NotWhileActing } from '../../kernel/http/acting.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { defineRoute } from '../../kernel/http/route.ts';
import { PaymentProviderAway } from '../errors.ts';
import type { CardOwner } from './owner.ts';
import type { SavedCards } from './saved-cards.ts';
import { SavedCardList, SavedCardParams } from './schema.ts';

const TAG = 'Payments';

/** The customer who asks; nobody else has cards of its own. @throws Unauthenticated, NotWhileActing */
function ownerOf({ actor }: RequestContext): CardOwner | undefined {
  if (actor.kind === 'anonymous')
    throw Unauthenticated({ why: "Sign in, or send a bearer token of this host's issuer." });
  mustActAsOneself(actor);
  return actor.role === 'customer' && actor.id !== null ? { kind: 'user', id: actor.id } : undefined;
}

/** A customer's own kept cards. */
export const savedCardRoutes = (savedCards: SavedCards) => [
  defineRoute(
    {
      method: 'get',
      path: '/me/cards',
      tag: TAG,
      summary: 'Cards the payment service keeps for you',
      can: 'public',
      rateLimit: { points: 60, seconds: 60 },
      responses: { 200: SavedCardList },
      problems: [Unauthenticated, NotWhileActing, PaymentProviderAway],
    },
    async ({ ctx }) => {
      const owner = ownerOf(ctx);
      return { status: 200, body: { data: owner ? await savedCards.list(ctx.tenant, owner) : [], next: null } };
    },
  ),
  defineRoute(
    {
      method: 'delete',
      path: '/me/cards/:id',
      tag: TAG,
      summary: 'Have a kept card forgotten',
      can: 'public',
      rateLimit: { points: 20, seconds: 60 },
      params: SavedCardParams,
      responses: { 204: null },
      problems: [Unauthenticated, NotFound, NotWhileActing, PaymentProviderAway],
    },
    async ({ ctx, params }) => {
      const owner = ownerOf(ctx);
      if (!owner || !(await savedCards.remove(ctx.tenant, owner, params.id))) throw NotFound({ what: 'This card' });
      return { status: 204 };
    },
  ),
];
