import type { Clock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config.ts';
import type { Vault } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import { NotFound, Unauthenticated } from '../kernel/errors.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { addApiClient, listApiClients, revokeApiClient } from './administer-api-clients.ts';
import { changeUser, inviteColleague, listInvitations, listUsers } from './administer-users.ts';
import { EmailTaken, InvitationPending, RoleNeedsAgency, RoleNotInvitable } from './errors.ts';
import { issuerOf } from './issuer/resource.ts';
import { NotYoursToGive, SetNotForRole } from './permission-sets/errors.ts';
import { permissionSetRoutes } from './permission-sets/routes.ts';
import { presentApiClient, presentInvitation, presentMembership, presentMe, presentUser } from './presenter.ts';
import {
  ApiClientCreate,
  ApiClientCreated,
  ApiClientPage,
  ApiClientQuery,
  ById,
  InvitationCreate,
  InvitationPage,
  InvitationQuery,
  InvitationSchema,
  MembershipPage,
  MeSchema,
  UserChange,
  UserPage,
  UserQuery,
  UserSchema,
} from './schema.ts';
import type { PortalSessions } from './portal/sessions.ts';
import { listMemberships, removeMembership } from './administer-memberships.ts';
import type { SignOutEverywhere } from './sign-out-everywhere.ts';

interface Deps {
  config: Config;
  database: Database;
  vault: Vault;
  clock: Clock;
  actors: ActorLookup;
  signOutEverywhere: SignOutEverywhere;
  sessions: PortalSessions;
}

const INVITING = {
  problems: [EmailTaken, InvitationPending, NotYoursToGive, RoleNeedsAgency, RoleNotInvitable, SetNotForRole],
  body: InvitationCreate,
  responses: { 201: InvitationSchema },
  tag: 'identity',
};
const INVITING_LIMIT = { points: 60, seconds: 600 };

/** The API of people, invitations and API clients. */
export function identityRoutes(deps: Deps): Route[] {
  const me = defineRoute(
    {
      method: 'get',
      path: '/me',
      summary: 'Who you are signed in as',
      tag: 'identity',
      can: 'public',
      responses: { 200: MeSchema },
      problems: [Unauthenticated],
    },
    ({ ctx }) => {
      if (ctx.actor.kind === 'anonymous')
        throw Unauthenticated({ why: "Sign in, or send a bearer token of this host's issuer." });
      return Promise.resolve({ status: 200, body: presentMe(ctx.actor) });
    },
  );

  const users = [
    defineRoute(
      {
        method: 'get',
        path: '/users',
        summary: 'People of the network',
        tag: 'identity',
        can: ['read', 'User'],
        query: UserQuery,
        responses: { 200: UserPage },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listUsers(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentUser), next } };
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/users/:id',
        summary: 'Suspend or reactivate an account, or give it a permission set',
        tag: 'identity',
        can: ['update', 'User'],
        stepUp: true,
        params: ById,
        body: UserChange,
        responses: { 200: UserSchema },
        problems: [NotFound, NotYoursToGive, SetNotForRole],
      },
      async ({ ctx, params, body }) => ({
        status: 200,
        body: presentUser(await changeUser(deps, ctx.sql, ctx.actor, params.id, body, ctx.audit)),
      }),
    ),
  ];

  const memberships = [
    defineRoute(
      {
        method: 'get',
        path: '/memberships',
        summary: 'People who work for an agency beside the one of their account',
        tag: 'identity',
        can: ['read', 'User'],
        query: InvitationQuery,
        responses: { 200: MembershipPage },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listMemberships(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentMembership), next } };
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/memberships/:id',
        summary: "End somebody's work for such an agency; the account stays",
        tag: 'identity',
        can: ['delete', 'User'],
        params: ById,
        responses: { 204: null },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        await removeMembership(deps, ctx, params.id);
        return { status: 204 };
      },
    ),
  ];

  const invite = (path: string, summary: string) =>
    defineRoute(
      { ...INVITING, method: 'post', path, summary, can: ['create', 'Invitation'], rateLimit: INVITING_LIMIT },
      async ({ ctx, body }) => {
        const { email: label, role, agencyId } = body;
        ctx.audit.note({ subject: { type: 'Invitation', label }, after: { role, agencyId } });
        const invitation = await inviteColleague(deps, ctx.sql, ctx.actor, body);
        return { status: 201, body: presentInvitation(invitation, deps.clock.now()) };
      },
    );

  const invitations = [
    invite('/users', 'Add a person, by invitation'),
    invite('/invitations', 'Invite a person'),
    defineRoute(
      {
        method: 'get',
        path: '/invitations',
        summary: 'Invitations',
        tag: 'identity',
        can: ['read', 'Invitation'],
        query: InvitationQuery,
        responses: { 200: InvitationPage },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listInvitations(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentInvitation(row, deps.clock.now())), next } };
      },
    ),
  ];

  const apiClients = [
    defineRoute(
      {
        method: 'get',
        path: '/api-clients',
        summary: 'API clients',
        tag: 'identity',
        can: ['read', 'ApiClient'],
        query: ApiClientQuery,
        responses: { 200: ApiClientPage },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listApiClients(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentApiClient), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api-clients',
        summary: 'Make an API client; its secret is shown this once',
        tag: 'identity',
        can: ['create', 'ApiClient'],
        stepUp: true,
        body: ApiClientCreate,
        responses: { 201: ApiClientCreated },
        problems: [NotYoursToGive, RoleNeedsAgency, RoleNotInvitable],
      },
      async ({ ctx, body }) => {
        const { client, clientSecret } = await addApiClient(deps, ctx, body);
        const { name: label, role, agencyId } = client;
        ctx.audit.note({ subject: { label }, after: { role, agencyId } });
        return {
          status: 201,
          body: { ...presentApiClient(client), clientSecret, tokenUrl: `${issuerOf(ctx.brand)}/token` },
        };
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api-clients/:id',
        summary: 'Revoke an API client',
        tag: 'identity',
        can: ['delete', 'ApiClient'],
        params: ById,
        responses: { 204: null },
      },
      async ({ ctx, params }) => {
        await revokeApiClient(deps, ctx.sql, ctx.actor, params.id);
        return { status: 204 };
      },
    ),
  ];

  return [me, ...users, ...memberships, ...permissionSetRoutes(deps), ...invitations, ...apiClients];
}
