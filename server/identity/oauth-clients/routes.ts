import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../../kernel/http/entity-tag.ts';
import { Conflict } from '../../kernel/errors.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { issuerOf } from '../issuer/resource.ts';
import {
  changeOAuthClient,
  getOAuthClient,
  listOAuthClients,
  registerOAuthClient,
  renewOAuthClientSecret,
  revokeOAuthClient,
  type OAuthClientDeps,
} from './administer.ts';
import type { OAuthClientSettings } from './oauth-client.ts';
import { presentOAuthClient } from './presenter.ts';
import {
  OAuthClientChange,
  OAuthClientCreate,
  OAuthClientCreated,
  OAuthClientPage,
  OAuthClientQuery,
  OAuthClientSchema,
  OAuthClientSecret,
} from './schema.ts';

/** The API of applications of third parties. */
export function oauthClientRoutes(deps: OAuthClientDeps): Route[] {
  const path = '/oauth-clients';
  const tag = 'identity';
  return [
    defineRoute(
      {
        method: 'get',
        path,
        summary: 'Applications of third parties that people may sign in to',
        tag,
        can: ['read', 'ApiClient'],
        query: OAuthClientQuery,
        responses: { 200: OAuthClientPage },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listOAuthClients(ctx, query);
        return { status: 200, body: { data: rows.map(presentOAuthClient), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path,
        summary: 'Register an application; its secret is shown this once',
        tag,
        can: ['create', 'ApiClient'],
        stepUp: true,
        body: OAuthClientCreate,
        responses: { 201: OAuthClientCreated },
      },
      async ({ ctx, body }) => {
        const { client, clientSecret } = await registerOAuthClient(deps, ctx, body);
        return {
          status: 201,
          body: { ...presentOAuthClient(client), clientSecret, issuer: issuerOf(ctx.brand) },
          headers: etagOf(client),
        };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: `${path}/:id`,
        summary: 'An application',
        tag,
        can: ['read', 'ApiClient'],
        params: IdParams,
        responses: { 200: OAuthClientSchema },
      },
      async ({ ctx, params }) => {
        const client = await getOAuthClient(ctx, params.id);
        return { status: 200, body: presentOAuthClient(client), headers: etagOf(client) };
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: `${path}/:id`,
        summary: 'Change an application; needs If-Match',
        tag,
        can: ['update', 'ApiClient'],
        stepUp: true,
        params: IdParams,
        body: OAuthClientChange,
        responses: { 200: OAuthClientSchema },
        problems: [PreconditionRequired, VersionChanged, Conflict],
      },
      async ({ ctx, params, body, headers }) => {
        const change = body as Partial<OAuthClientSettings>;
        const client = await changeOAuthClient(deps, ctx, { ...params, version: requiredVersion(headers), change });
        return { status: 200, body: presentOAuthClient(client), headers: etagOf(client) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: `${path}/:id/secret`,
        summary: 'Give an application a new secret; the one before works no more',
        tag,
        can: ['update', 'ApiClient'],
        stepUp: true,
        params: IdParams,
        responses: { 201: OAuthClientSecret },
        problems: [Conflict],
      },
      async ({ ctx, params }) => ({
        status: 201,
        body: { clientSecret: await renewOAuthClientSecret(deps, ctx, params.id) },
      }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: `${path}/:id`,
        summary: 'Revoke an application and every consent given to it',
        tag,
        can: ['delete', 'ApiClient'],
        stepUp: true,
        params: IdParams,
        responses: { 204: null },
      },
      async ({ ctx, params }) => {
        await revokeOAuthClient(deps, ctx, params.id);
        return { status: 204 };
      },
    ),
  ];
}
