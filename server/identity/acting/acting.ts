import type { Actor } from '../../kernel/http/actor.ts';
import type { Brand, RequestContext } from '../../kernel/http/context.ts';
import { newSecret } from '../../kernel/ids.ts';
import { abilityFor, as } from '../../access/index.ts';
import type { ActorLookup } from '../actor-lookup.ts';
import { cookieLine, sessionCookie } from '../portal/cookies.ts';
import { ACTING_LIMITS, endsAt, type ActingFor, type PortalSession } from '../portal/session.ts';
import type { PortalSessions } from '../portal/sessions.ts';
import { mayUseBrand, type User } from '../user.ts';
import { ActingNeedsSession, ActingNotHere, NobodyToActAs } from './errors.ts';

type Caller = Pick<RequestContext, 'tenant' | 'brand' | 'actor' | 'sql'>;

/** What the browser is told with the answer: the session's new cookie. */
interface Turned {
  readonly headers: Readonly<Record<string, string>>;
}

export interface Acting {
  /**
   * Turns the caller's session into one that acts as a customer. That the caller may, was checked.
   * @throws ActingNeedsSession, ActingNotHere, NobodyToActAs
   */
  start(caller: Caller, customerId: string, reason: string | null): Promise<Turned & { until: Date }>;
  /** Leaves the session to its own person; nothing changes when it acted as nobody. @throws ActingNeedsSession */
  end(caller: Caller): Promise<Turned>;
}

/** Acting as a customer is a state of a colleague's browser session: programs and tokens have none. */
export function createActing(deps: {
  sessions: PortalSessions;
  actors: ActorLookup;
  /** A site of the tenant that serves everybody: where to act for customers of another brand. */
  commonBrandOf(caller: Caller): Promise<Pick<Brand, 'origin'>>;
}): Acting {
  const { sessions, actors } = deps;

  async function sessionOf({ tenant, actor }: Caller): Promise<PortalSession> {
    const personId = actor.actingParty ? actor.actingParty.id : actor.id;
    const session = personId && actor.sessionId ? await sessions.find(tenant, personId, actor.sessionId) : undefined;
    if (!session || session.operator) throw ActingNeedsSession();
    return session;
  }

  async function turn({ tenant, brand }: Caller, session: PortalSession, actingFor: ActingFor | null): Promise<Turned> {
    const cookie = await sessions.rotate(tenant, session, { actingFor });
    if (!cookie) throw ActingNeedsSession();
    return { headers: { 'set-cookie': cookieLine(sessionCookie(brand.origin), cookie, { origin: brand.origin }) } };
  }

  return {
    async start(caller, customerId, reason) {
      const session = await sessionOf(caller);
      const customer = await actors.user(caller.tenant, customerId);
      if (!customer || customer.user.erasedAt || !mayActAs(caller.actor, customer.user)) throw NobodyToActAs();
      if (!mayUseBrand(customer.user, caller.brand)) {
        const { origin } = await deps.commonBrandOf(caller);
        throw ActingNotHere({ brand: caller.brand.name, origin });
      }
      const until = Math.min(Date.now() + ACTING_LIMITS.absoluteSeconds * 1000, endsAt(session));
      const turned = await turn(caller, session, { userId: customerId, reason, until, csrfToken: newSecret() });
      return { ...turned, until: new Date(until) };
    },
    async end(caller) {
      const session = await sessionOf(caller);
      return session.actingFor ? turn(caller, session, null) : { headers: {} };
    },
  };
}

/** Whether a colleague may act as this account; asked at the start and at every request after it. */
export const mayActAs = (colleague: Actor, account: Pick<User, 'id' | 'role' | 'agencyId' | 'agencyPath'>): boolean =>
  account.role === 'customer' && abilityFor(colleague).can('act', as('Customer', account));
