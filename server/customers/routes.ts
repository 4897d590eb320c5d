import { abilityFor, as } from '../access/index.ts';
import { Forbidden, Unauthenticated } from '../kernel/errors.ts';
import { mustActAsOneself } from '../kernel/http/acting.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { actingRoutes, type ActingDeps } from './acting-routes.ts';
import { addCustomer, changeCustomer, type CustomerDeps } from './edit-customer.ts';
import { KEPT, eraseCustomer, type ErasureDeps } from './erase-customer.ts';
import { CustomerErased, CustomerExists, EmailSearchPartial, NotConfirmed, TripsAhead } from './errors.ts';
import { exportPersonalData } from './export-personal-data.ts';
import { presentCustomer } from './presenter.ts';
import { getCustomer, listCustomers } from './read-customers.ts';
import {
  CustomerChange,
  CustomerCreate,
  CustomerPage,
  CustomerQuery,
  CustomerView,
  Erasure,
  ErasureView,
  PersonalDataView,
} from './schema.ts';

const tag = 'customers';
const LIMIT = { points: 10, seconds: 600 };
const attachment = (id: string) => ({ 'content-disposition': `attachment; filename="personal-data-${id}.json"` });

/** The API of an agency's customers, and of what customers may ask about their own data. */
export function customerRoutes(deps: CustomerDeps & ErasureDeps & ActingDeps) {
  /** The signed-in customer. Staff's accounts are their employer's to end. */
  async function self(ctx: RequestContext) {
    if (ctx.actor.kind !== 'user' || !ctx.actor.id) throw Unauthenticated({ why: 'Sign in to reach your own data.' });
    if (ctx.actor.role !== 'customer') throw Forbidden({ action: 'read', subject: 'Customer' });
    mustActAsOneself(ctx.actor);
    return getCustomer(ctx.sql, ctx.actor, ctx.actor.id, 'read');
  }

  async function erase(ctx: RequestContext, customer: Awaited<ReturnType<typeof self>>, confirm: string) {
    if (!customer.erasedAt && confirm.trim().toLowerCase() !== customer.email) throw NotConfirmed();
    const erasedAt = await eraseCustomer(deps, ctx.tenant, customer.id);
    return { status: 200, body: { id: customer.id, erasedAt: erasedAt.toISOString(), kept: KEPT } };
  }

  return [
    ...actingRoutes(deps),
    defineRoute(
      {
        method: 'get',
        path: '/customers',
        summary: 'Customers of your agency: who registered or booked there',
        tag,
        can: ['read', 'Customer'],
        query: CustomerQuery,
        responses: { 200: CustomerPage },
        problems: [EmailSearchPartial],
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listCustomers(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentCustomer), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/customers',
        summary: 'Note a customer',
        tag,
        can: ['create', 'Customer'],
        body: CustomerCreate,
        responses: { 201: CustomerView },
        problems: [CustomerExists],
      },
      async ({ ctx, body }) => ({ status: 201, body: presentCustomer(await addCustomer(deps, ctx, body)) }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/customers/:id',
        summary: 'One customer',
        tag,
        can: ['read', 'Customer'],
        params: IdParams,
        responses: { 200: CustomerView },
      },
      async ({ ctx, params }) => ({
        status: 200,
        body: presentCustomer(await getCustomer(ctx.sql, ctx.actor, params.id, 'read')),
      }),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/customers/:id',
        summary: "Correct a customer's name or language",
        tag,
        can: ['update', 'Customer'],
        params: IdParams,
        body: CustomerChange,
        responses: { 200: CustomerView },
        problems: [CustomerErased],
      },
      async ({ ctx, params, body }) => ({
        status: 200,
        body: presentCustomer(await changeCustomer(ctx, params.id, body)),
      }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/customers/:id/export',
        summary: 'All data of a customer, as far as they are yours (GDPR art. 15, 20)',
        tag,
        can: ['delete', 'Customer'],
        audit: 'read',
        params: IdParams,
        rateLimit: LIMIT,
        responses: { 200: PersonalDataView },
      },
      async ({ ctx, params }) => {
        const customer = await getCustomer(ctx.sql, ctx.actor, params.id, 'delete');
        const ability = abilityFor(ctx.actor);
        const cards = await deps.listCards(ctx.tenant, customer.id);
        const body = await exportPersonalData(ctx.sql, ctx.brand, customer, deps.clock.now(), cards, (booking) =>
          ability.can('read', as('Booking', booking)),
        );
        return { status: 200, body, headers: attachment(customer.id) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/customers/:id/erasure',
        summary: 'Erase a customer (GDPR art. 17)',
        tag,
        can: ['delete', 'Customer'],
        stepUp: true,
        params: IdParams,
        body: Erasure,
        responses: { 200: ErasureView },
        problems: [NotConfirmed, TripsAhead],
      },
      async ({ ctx, params, body }) =>
        erase(ctx, await getCustomer(ctx.sql, ctx.actor, params.id, 'delete'), body.confirm),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/export',
        summary: 'All your own data (GDPR art. 15, 20)',
        tag,
        can: 'public',
        audit: 'read',
        rateLimit: LIMIT,
        responses: { 200: PersonalDataView },
        problems: [Unauthenticated],
      },
      async ({ ctx }) => {
        const customer = await self(ctx);
        const cards = await deps.listCards(ctx.tenant, customer.id);
        const body = await exportPersonalData(ctx.sql, ctx.brand, customer, deps.clock.now(), cards);
        return { status: 200, body, headers: attachment(customer.id) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/me/erasure',
        summary: 'Delete your account and your data (GDPR art. 17)',
        tag,
        can: 'public',
        stepUp: true,
        body: Erasure,
        responses: { 200: ErasureView },
        problems: [NotConfirmed, TripsAhead, Unauthenticated],
      },
      async ({ ctx, body }) => erase(ctx, await self(ctx), body.confirm),
    ),
  ];
}
