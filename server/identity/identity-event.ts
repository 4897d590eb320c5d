import type { Context } from 'koa';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import { anonymous, type Actor } from '../kernel/http/actor.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import type { ActorLookup } from './actor-lookup.ts';

/** Something that happened to a person's account or sessions outside the API's routes, for the audit log. */
export interface IdentityEvent {
  /** `identity.<what happened>`, e.g. `identity.signed_in`. */
  action: `identity.${string}`;
  outcome: 'done' | 'denied' | 'refused';
  /** Who did it: the person itself, most often. */
  actor: Actor;
  /** Whom or what it is about. E-mail addresses given as label are masked before they are kept. */
  subject: {
    type: 'User' | 'Invitation' | 'ApiClient' | 'SigningKey' | 'IdentityProvider';
    id?: string | null;
    label?: string | null;
  };
  /** Code of why it was denied or refused. */
  reason?: string;
  details?: Readonly<Record<string, unknown>>;
  brand?: Brand;
  requestId?: string;
  ip?: string;
  userAgent?: string;
}

/** What others do with such an event. With a handle from `withTenant` it belongs to that transaction; call it last there. */
export type OnIdentityEvent = (sql: TenantSql, event: IdentityEvent) => Promise<void>;

/**
 * Does something that ends with an event, where no transaction holds both: whoever listens knows of it before, so that a process that dies in
 * between leaves a trace. `endOf` gives the event as it ended.
 */
export type AroundIdentityEvent = <T>(
  tenant: TenantRef,
  event: IdentityEvent,
  work: () => Promise<T>,
  endOf?: (result: T) => IdentityEvent,
) => Promise<T>;

/** An event as pages tell it: who and from where is found out here. */
export interface PageEvent extends Pick<IdentityEvent, 'action' | 'reason' | 'details'> {
  outcome?: IdentityEvent['outcome'];
  /** The account it is about; null or absent when there is none. */
  userId?: string | null;
  /** The address that was typed, where it names no account. */
  email?: string;
  /** Who did it, when it was not the person itself. */
  actor?: Actor;
}

type Scope = { tenant: Tenant; brand: Brand; requestId: string };

export interface TellEvent {
  (
    ctx: Context,
    scope: Scope,
    event: PageEvent,
    /** A transaction the event belongs to; its own otherwise. */
    sql?: TenantSql,
  ): Promise<void>;
  /** Tells before and after; `endOf` adds what only the result says. */
  around<T>(
    ctx: Context,
    scope: Scope,
    event: PageEvent,
    work: () => Promise<T>,
    endOf?: (result: T) => Partial<PageEvent>,
  ): Promise<T>;
}

/** How identity's pages tell of what happened: `await tell(ctx, scope, { action: 'identity.signed_in', userId })`. */
export function createTeller(deps: {
  database: Database;
  actors: ActorLookup;
  onIdentityEvent: OnIdentityEvent;
  aroundIdentityEvent: AroundIdentityEvent;
}): TellEvent {
  async function eventOf(ctx: Context, { tenant, brand, requestId }: Scope, event: PageEvent): Promise<IdentityEvent> {
    const { action, reason, details, outcome = 'done', userId = null, email } = event;
    const person = userId ? (await deps.actors.seats(tenant, userId))[0]?.actor : undefined;
    // Whoever failed to sign in as a person is not that person.
    const actor = event.actor ?? (outcome === 'done' ? person : undefined) ?? anonymous;
    const label = person?.email ?? email;
    return {
      action,
      outcome,
      actor,
      subject: { type: 'User', id: userId, ...(label ? { label } : {}) },
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      brand,
      requestId,
      ip: ctx.ip,
      userAgent: ctx.get('user-agent'),
    };
  }

  return Object.assign(
    async (ctx: Context, scope: Scope, event: PageEvent, sql = deps.database.tenant(scope.tenant)) =>
      deps.onIdentityEvent(sql, await eventOf(ctx, scope, event)),
    {
      async around<T>(
        ctx: Context,
        scope: Scope,
        event: PageEvent,
        work: () => Promise<T>,
        endOf: (result: T) => Partial<PageEvent> = () => ({}),
      ): Promise<T> {
        const begun = await eventOf(ctx, scope, event);
        return deps.aroundIdentityEvent(scope.tenant, begun, work, (result) => {
          const { userId, outcome, reason } = endOf(result);
          return {
            ...begun,
            subject: { ...begun.subject, ...(userId ? { id: userId } : {}) },
            ...(outcome ? { outcome } : {}),
            ...(reason ? { reason } : {}),
          };
        });
      },
    },
  );
}
