import type { Context } from 'koa';
import { q } from '../../kernel/database/builder.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { ActorLookup } from '../actor-lookup.ts';
import type { Authenticator } from '../authenticate.ts';
import type { TellEvent } from '../identity-event.ts';
import { sessionCookie, writeCookie } from '../portal/cookies.ts';
import { safeReturnTo } from '../portal/return-to.ts';
import type { PortalSessions } from '../portal/sessions.ts';
import { updateUser } from '../repository.ts';
import { isUsableAt, type Seat } from '../seats.ts';
import { field, type Pages, type PageScope } from './page.ts';

export const AGENCY_PATH = '/account/agency';
/** How the form names the account's own agency. */
const HOME = 'home';

interface Deps {
  pages: Pages;
  tell: TellEvent;
  database: Database;
  clock: Clock;
  actors: ActorLookup;
  authenticator: Authenticator;
  sessions: PortalSessions;
}

type Page = (ctx: Context, scope: PageScope) => Promise<void>;

/** `/account/agency`: for which of its agencies a person works in this session. Plain radio buttons, no script. */
export function createAgencyPages(deps: Deps): Record<string, Page> {
  const { pages, database, sessions } = deps;

  async function draw(ctx: Context, scope: PageScope, seats: readonly Seat[], shown: Shown): Promise<void> {
    const { current, returnTo, formError } = shown;
    const ids = seats.flatMap(({ agencyId }) => (agencyId ? [agencyId] : []));
    const rows = await database
      .tenant(scope.tenant)
      .all<{ id: string; name: string }>(q('agencies').whereIn('id', ids).select('id', 'name'));
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const agencies = seats.map(({ membershipId, agencyId, role }) => ({
      value: membershipId ?? HOME,
      name: names.get(agencyId ?? '') ?? scope.tenant.name,
      roleName: pages.text(scope, `roles.${role}`),
      checked: membershipId === current,
    }));
    pages.draw(
      ctx,
      scope,
      'choose-agency',
      {
        action: AGENCY_PATH,
        csrfToken: pages.csrfToken(ctx, scope),
        hidden: { returnTo },
        agencies,
        ...(formError ? { formError } : {}),
      },
      formError === 'csrf' ? 403 : formError ? 422 : 200,
    );
  }

  const choose: Page = async (ctx, scope) => {
    const { tenant, brand } = scope;
    const posted = ctx.method === 'POST';
    const returnTo = safeReturnTo(posted ? field(ctx, 'returnTo', 1024) : ctx.query.returnTo, brand.origin);
    const session = await deps.authenticator.sessionOf(ctx, tenant, brand);
    if (!session) return go(ctx, `/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    const seats = (await deps.actors.seats(tenant, session.userId))
      .map(({ user }) => user)
      .filter((seat) => isUsableAt(seat, brand));
    const current = session.membershipId ?? null;
    if (!posted) return draw(ctx, scope, seats, { current, returnTo });
    if (!pages.isGenuine(ctx, scope, field(ctx, '_csrf')))
      return draw(ctx, scope, seats, { current, returnTo, formError: 'csrf' });
    const chosen = seats.find(({ membershipId }) => (membershipId ?? HOME) === field(ctx, 'agency', 36));
    if (!chosen) return draw(ctx, scope, seats, { current, returnTo, formError: 'agency_unknown' });
    const { membershipId, agencyId, id: userId } = chosen;
    const event = { action: 'identity.agency_chosen', userId, details: { agencyId } } as const;
    const cookie = await deps.tell.around(
      ctx,
      scope,
      event,
      async () => {
        const rotated = await sessions.rotate(tenant, session, { membershipId, actingFor: null });
        if (rotated) await updateUser(database.tenant(tenant), userId, { default_membership_id: membershipId });
        return rotated;
      },
      (rotated) => (rotated ? {} : { outcome: 'refused', reason: 'session_lost' }),
    );
    if (!cookie) return go(ctx, `/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    writeCookie(ctx, sessionCookie(brand.origin), cookie, { origin: brand.origin });
    deps.actors.dropUser(tenant, userId);
    go(ctx, returnTo);
  };

  return { [`GET ${AGENCY_PATH}`]: choose, [`POST ${AGENCY_PATH}`]: choose };
}

interface Shown {
  current: string | null;
  returnTo: string;
  formError?: string;
}

function go(ctx: Context, to: string): void {
  ctx.status = 303;
  ctx.set('cache-control', 'no-store');
  ctx.redirect(to);
}
