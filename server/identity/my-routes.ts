import type { Database } from '../kernel/database/database.ts';
import { Conflict, NotFound, Unauthenticated } from '../kernel/errors.ts';
import { mustActAsOneself } from '../kernel/http/acting.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import type { Redis } from '../kernel/redis.ts';
import { PasskeyRefused } from './errors.ts';
import type { EndSessions } from './end-session.ts';
import { addPasskey, newPasskeyOptions } from './factors/passkeys.ts';
import { deletePasskey, listPasskeys, renamePasskey, type PasskeyRow } from './factors/repository.ts';
import type { PortalSessions } from './portal/sessions.ts';
import { presentPasskey, presentSession } from './presenter.ts';
import { findUserById } from './repository.ts';
import {
  ById,
  MyPasskeyCreate,
  MyPasskeyList,
  MyPasskeyOptions,
  MyPasskeyRename,
  MyPasskeySchema,
  MySessionList,
  SessionsEnded,
} from './schema.ts';
import { emitSecurityNotice, type SecurityNotice } from './security-notice.ts';

interface Deps {
  database: Database;
  redis: Redis;
  sessions: PortalSessions;
  endSessions: EndSessions;
}

const tag = 'identity';
const problems = [Unauthenticated];

/** The person who asks; programs have neither sessions nor passkeys. @throws Unauthenticated */
function personOf({ actor }: RequestContext): string | undefined {
  if (actor.kind === 'anonymous')
    throw Unauthenticated({ why: "Sign in, or send a bearer token of this host's issuer." });
  return actor.kind === 'user' && !actor.actingParty && actor.id !== null ? actor.id : undefined;
}

function mustBePerson(ctx: RequestContext, what: string): string {
  mustActAsOneself(ctx.actor);
  const id = personOf(ctx);
  if (!id) throw NotFound({ what });
  return id;
}

/** A person's own sessions and passkeys. */
export function myRoutes(deps: Deps): Route[] {
  /** A change of the passkeys: mailed, and other sessions end. */
  async function changed(
    ctx: RequestContext,
    notice: SecurityNotice,
    detail: string | undefined,
    work: Parameters<typeof deps.database.withTenant<boolean>>[1],
  ) {
    const userId = ctx.actor.id ?? '';
    const done = await deps.database.withTenant(ctx.tenant, async (sql) => {
      const user = await findUserById(sql, userId);
      if (!user || !(await work(sql))) return false;
      await emitSecurityNotice(sql, ctx.brand, user, { notice, at: new Date(), ...(detail ? { detail } : {}) });
      return true;
    });
    if (done && ctx.actor.sessionId) await deps.endSessions.endOthers(ctx.tenant, userId, ctx.actor.sessionId);
    return done;
  }
  const findOwn = async (ctx: RequestContext, userId: string, id: string): Promise<PasskeyRow> => {
    const key = (await listPasskeys(ctx.sql, userId)).find((one) => one.id === id);
    if (!key) throw NotFound({ what: 'This passkey' });
    return key;
  };

  const sessions = [
    defineRoute(
      {
        method: 'get',
        path: '/me/sessions',
        summary: 'Browsers you are signed in with',
        tag,
        can: 'public',
        responses: { 200: MySessionList },
        problems,
      },
      async ({ ctx }) => {
        const userId = personOf(ctx);
        const live = userId ? await deps.sessions.list(ctx.tenant, userId) : [];
        return { status: 200, body: { data: live.map((one) => presentSession(one, ctx.actor.sessionId)), next: null } };
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/me/sessions/:id',
        summary: 'Sign one browser out',
        tag,
        can: 'public',
        params: ById,
        responses: { 204: null },
        problems: [Unauthenticated, NotFound],
      },
      async ({ ctx, params }) => {
        const userId = mustBePerson(ctx, 'This session');
        if (!(await deps.endSessions.endOne(ctx.tenant, userId, params.id))) throw NotFound({ what: 'This session' });
        return { status: 204 };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/me/sessions/end-others',
        summary: 'Sign out every browser but this one',
        tag,
        can: 'public',
        responses: { 200: SessionsEnded },
        problems,
      },
      async ({ ctx }) => {
        mustActAsOneself(ctx.actor);
        const userId = personOf(ctx);
        const ended = userId ? await deps.endSessions.endOthers(ctx.tenant, userId, ctx.actor.sessionId ?? '') : 0;
        return { status: 200, body: { ended } };
      },
    ),
  ];

  const passkeys = [
    defineRoute(
      {
        method: 'get',
        path: '/me/passkeys',
        summary: 'Your passkeys',
        tag,
        can: 'public',
        responses: { 200: MyPasskeyList },
        problems,
      },
      async ({ ctx }) => {
        const userId = personOf(ctx);
        const keys = userId ? await listPasskeys(ctx.sql, userId) : [];
        return { status: 200, body: { data: keys.map(presentPasskey), next: null } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/me/passkeys/options',
        summary: 'What the browser needs to make a passkey (WebAuthn creation options)',
        tag,
        can: 'public',
        stepUp: true,
        responses: { 200: MyPasskeyOptions },
        problems: [Unauthenticated, Conflict],
      },
      async ({ ctx }) => {
        const id = mustBePerson(ctx, 'An account for passkeys');
        const options = await newPasskeyOptions(deps, ctx.sql, ctx.brand, {
          id,
          email: ctx.actor.email ?? '',
          name: ctx.actor.name,
        });
        if (!options) throw Conflict({ detail: 'You have as many passkeys as there may be. Remove one first.' });
        return { status: 200, body: { options } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/me/passkeys',
        summary: 'Keep the passkey that the browser made',
        tag,
        can: 'public',
        stepUp: true,
        body: MyPasskeyCreate,
        responses: { 201: MyPasskeySchema },
        problems: [Unauthenticated, PasskeyRefused],
      },
      async ({ ctx, body }) => {
        const userId = mustBePerson(ctx, 'An account for passkeys');
        let id: string | undefined;
        await changed(ctx, 'passkey_added', body.name, async (sql) => {
          const credential = JSON.stringify(body.credential);
          id = await addPasskey(deps, sql, ctx.brand, { userId, name: body.name, credential });
          return id !== undefined;
        });
        if (!id) throw PasskeyRefused();
        return { status: 201, body: presentPasskey(await findOwn(ctx, userId, id)) };
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/me/passkeys/:id',
        summary: 'Rename a passkey',
        tag,
        can: 'public',
        params: ById,
        body: MyPasskeyRename,
        responses: { 200: MyPasskeySchema },
        problems: [Unauthenticated, NotFound],
      },
      async ({ ctx, params, body }) => {
        const userId = mustBePerson(ctx, 'This passkey');
        await renamePasskey(ctx.sql, userId, params.id, body.name);
        return { status: 200, body: presentPasskey(await findOwn(ctx, userId, params.id)) };
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/me/passkeys/:id',
        summary: 'Remove a passkey',
        tag,
        can: 'public',
        stepUp: true,
        params: ById,
        responses: { 204: null },
        problems: [Unauthenticated, NotFound],
      },
      async ({ ctx, params }) => {
        const userId = mustBePerson(ctx, 'This passkey');
        const removed = await changed(ctx, 'passkey_removed', undefined, (sql) =>
          deletePasskey(sql, userId, params.id),
        );
        if (!removed) throw NotFound({ what: 'This passkey' });
        return { status: 204 };
      },
    ),
  ];

  return [...sessions, ...passkeys];
}
