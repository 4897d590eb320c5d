import type { Database } from '../../kernel/database/database.ts';
import type { GuardedFetch } from '../../kernel/egress/guarded-fetch.ts';
import type { NameResolver } from '../../kernel/egress/resolver.ts';
import type { Brand } from '../../kernel/http/context.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { NotYoursToGive } from '../permission-sets/errors.ts';
import { ById } from '../schema.ts';
import {
  addDomain,
  addProvider,
  changeProvider,
  getProvider,
  removeDomain,
  removeProvider,
  verifyDomain,
} from './administer-providers.ts';
import { DomainNotProven, DomainTaken, ProviderInvalid } from './errors.ts';
import { FEDERATION_CALLBACK } from './federation-pages.ts';
import { presentProvider } from './presenter.ts';
import type { IdentityProvider } from './provider.ts';
import { listProviders, secretOf } from './repository.ts';
import {
  ByDomain,
  ConnectionTest,
  DomainAdd,
  ProviderChange,
  ProviderCreate,
  ProviderList,
  ProviderSchema,
} from './schema.ts';
import { testConnection } from './test-connection.ts';

interface Deps {
  database: Database;
  guardedFetch: GuardedFetch;
  resolver: NameResolver;
  allowHttp: boolean;
}

const TAG = 'identity';
/** Each of these calls an address of the tenant's choice. */
const CALLS_OUT = { points: 20, seconds: 300 };

/** The API of employers' sign-ins. Changing one opens or closes doors, so it asks for a recent sign-in. */
export function federationRoutes(deps: Deps): Route[] {
  const present = (provider: IdentityProvider, brand: Brand) =>
    presentProvider(provider, `${brand.origin}${FEDERATION_CALLBACK}`);
  const changing = { tag: TAG, stepUp: true, can: ['update', 'IdentityProvider'] } as const;

  const providers = [
    defineRoute(
      {
        method: 'get',
        path: '/identity-providers',
        summary: "Employers' sign-ins, at most a hundred",
        tag: TAG,
        can: ['read', 'IdentityProvider'],
        responses: { 200: ProviderList },
      },
      async ({ ctx }) => ({
        status: 200,
        body: { data: (await listProviders(ctx.sql)).map((provider) => present(provider, ctx.brand)) },
      }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/identity-providers/:id',
        summary: "An employer's sign-in",
        tag: TAG,
        can: ['read', 'IdentityProvider'],
        params: ById,
        responses: { 200: ProviderSchema },
      },
      async ({ ctx, params }) => ({ status: 200, body: present(await getProvider(ctx.sql, params.id), ctx.brand) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/identity-providers',
        summary: "Connect an employer's sign-in",
        tag: TAG,
        stepUp: true,
        can: ['create', 'IdentityProvider'],
        body: ProviderCreate,
        responses: { 201: ProviderSchema },
        problems: [ProviderInvalid, NotYoursToGive],
      },
      async ({ ctx, body }) => ({
        status: 201,
        body: present(await addProvider(deps, ctx.sql, ctx.actor, body), ctx.brand),
      }),
    ),
    defineRoute(
      {
        ...changing,
        method: 'patch',
        path: '/identity-providers/:id',
        summary: "Change an employer's sign-in",
        params: ById,
        body: ProviderChange,
        responses: { 200: ProviderSchema },
        problems: [ProviderInvalid, NotYoursToGive],
      },
      async ({ ctx, params, body }) => ({
        status: 200,
        body: present(
          await changeProvider(deps, ctx.sql, ctx.actor, params.id, body as Parameters<typeof changeProvider>[4]),
          ctx.brand,
        ),
      }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/identity-providers/:id',
        summary: "Disconnect an employer's sign-in",
        tag: TAG,
        stepUp: true,
        can: ['delete', 'IdentityProvider'],
        params: ById,
        responses: { 204: null },
      },
      async ({ ctx, params }) => {
        await removeProvider(ctx.sql, params.id);
        return { status: 204 };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/identity-providers/:id/test',
        summary: 'Try the connection, and say what is wrong',
        tag: TAG,
        can: ['update', 'IdentityProvider'],
        rateLimit: CALLS_OUT,
        params: ById,
        responses: { 200: ConnectionTest },
      },
      async ({ ctx, params }) => {
        const provider = await getProvider(ctx.sql, params.id);
        const secret = await secretOf(ctx.sql, provider.id);
        const callback = `${ctx.brand.origin}${FEDERATION_CALLBACK}`;
        return { status: 200, body: await testConnection(deps, provider, secret, callback) };
      },
    ),
  ];

  const domains = [
    defineRoute(
      {
        ...changing,
        method: 'post',
        path: '/identity-providers/:id/domains',
        summary: 'Name a domain of the employer; the answer holds the TXT record that proves it',
        params: ById,
        body: DomainAdd,
        responses: { 201: ProviderSchema },
        problems: [DomainTaken],
      },
      async ({ ctx, params, body }) => ({
        status: 201,
        body: present(await addDomain(ctx.sql, params.id, body.domain), ctx.brand),
      }),
    ),
    defineRoute(
      {
        ...changing,
        method: 'post',
        path: '/identity-providers/:id/domains/:domain/verify',
        summary: 'Look for the TXT record',
        rateLimit: CALLS_OUT,
        params: ByDomain,
        responses: { 200: ProviderSchema },
        problems: [DomainNotProven, NotYoursToGive],
      },
      async ({ ctx, params }) => ({
        status: 200,
        body: present(await verifyDomain(deps, ctx.sql, ctx.actor, params.id, params.domain), ctx.brand),
      }),
    ),
    defineRoute(
      {
        ...changing,
        method: 'delete',
        path: '/identity-providers/:id/domains/:domain',
        summary: 'Give a domain up',
        params: ByDomain,
        responses: { 200: ProviderSchema },
      },
      async ({ ctx, params }) => ({
        status: 200,
        body: present(await removeDomain(ctx.sql, params.id, params.domain), ctx.brand),
      }),
    ),
  ];
  return [...providers, ...domains];
}
