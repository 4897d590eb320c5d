import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { etagOf, PreconditionRequired, requiredVersion, VersionChanged } from '../../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { changeSet, createSet, listSets, mayGive, readSet, removeSet } from './edit-sets.ts';
import { NotYoursToGive, SetInUse, SetNameTaken } from './errors.ts';
import type { PermissionSet } from './repository.ts';
import {
  PermissionSetChange,
  PermissionSetCreate,
  PermissionSetPage,
  PermissionSetQuery,
  PermissionSetView,
} from './schema.ts';

const tag = 'identity';

const presentSet = (actor: Actor, set: PermissionSet) => ({ ...set, mayGive: mayGive(actor, set.permissions) });

/** The API of permission sets: what colleagues of the reseller may do. */
export function permissionSetRoutes(deps: { database: Database; clock: Clock }): Route[] {
  const answer = (status: number, actor: Actor, set: PermissionSet) => ({
    status,
    body: presentSet(actor, set),
    headers: etagOf(set),
  });
  return [
    defineRoute(
      {
        method: 'get',
        path: '/permission-sets',
        summary: 'Permission sets',
        tag,
        can: ['read', 'PermissionSet'],
        query: PermissionSetQuery,
        responses: { 200: PermissionSetPage },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listSets(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentSet(ctx.actor, row)), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/permission-sets',
        summary: 'Make a permission set',
        tag,
        can: ['create', 'PermissionSet'],
        stepUp: true,
        body: PermissionSetCreate,
        responses: { 201: PermissionSetView },
        problems: [NotYoursToGive, SetNameTaken],
      },
      async ({ ctx, body }) => {
        const { tenant, actor } = ctx;
        const now = deps.clock.now();
        const set = await deps.database.withTenant(tenant, (sql) => createSet(sql, actor, body, now));
        return answer(201, actor, set);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/permission-sets/:id',
        summary: 'A permission set',
        tag,
        can: ['read', 'PermissionSet'],
        params: IdParams,
        responses: { 200: PermissionSetView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => answer(200, ctx.actor, await readSet(ctx.sql, ctx.actor, params.id)),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/permission-sets/:id',
        summary: 'Change a permission set (If-Match), and the rights of all who have it',
        tag,
        can: ['update', 'PermissionSet'],
        stepUp: true,
        params: IdParams,
        body: PermissionSetChange,
        responses: { 200: PermissionSetView },
        problems: [NotFound, NotYoursToGive, SetNameTaken, PreconditionRequired, VersionChanged],
      },
      async ({ ctx, params, body, headers }) => {
        const { tenant, actor } = ctx;
        const target = { id: params.id, version: requiredVersion(headers) };
        const now = deps.clock.now();
        const set = await deps.database.withTenant(tenant, (sql) => changeSet(sql, actor, target, body, now));
        return answer(200, actor, set);
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/permission-sets/:id',
        summary: 'Delete a permission set that nobody has (If-Match)',
        tag,
        can: ['delete', 'PermissionSet'],
        stepUp: true,
        params: IdParams,
        responses: { 204: null },
        problems: [NotFound, SetInUse, PreconditionRequired, VersionChanged],
      },
      async ({ ctx, params, headers }) => {
        const target = { id: params.id, version: requiredVersion(headers) };
        await deps.database.withTenant(ctx.tenant, (sql) => removeSet(sql, ctx.actor, target));
        return { status: 204 };
      },
    ),
  ];
}
