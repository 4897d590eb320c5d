import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { stateOf, topicsOf, type ConnectedAccount } from './account.ts';
import {
  CountryUnknown,
  OnboardingUnderWay,
  PaymentAccountNotReady,
  PayoutAccountNotReady,
  StripeAway,
} from './errors.ts';
import { chooseAccount, readAccount, refreshAccount, startOnboarding, type ConnectDeps } from './manage-account.ts';
import { OnboardingCreate, OnboardingView, StripeAccountUpdate, StripeAccountView } from './schema.ts';

const tag = 'settlement';
const SHOWN = 4;

const present = (account: ConnectedAccount | undefined): StripeAccountView => ({
  state: stateOf(account),
  isUsed: account?.isUsed ?? false,
  chargesEnabled: account?.chargesEnabled ?? false,
  payoutsEnabled: account?.payoutsEnabled ?? false,
  requirements: topicsOf(account?.requirements ?? []),
  account: account?.accountId.slice(-SHOWN) ?? null,
  refreshedAt: account?.refreshedAt.toISOString() ?? null,
});

/** The page of the console that onboarding leads back to; it asks Stripe anew. */
function pageOf(ctx: RequestContext, agencyId: string | null): { returnUrl: string; refreshUrl: string } {
  const path = agencyId === null ? '/console/money/payment-account' : `/console/agencies/${agencyId}/payout`;
  const page = (stripe: string) => {
    const url = new URL(path, ctx.brand.origin);
    url.searchParams.set('stripe', stripe);
    return url.href;
  };
  return { returnUrl: page('back'), refreshUrl: page('again') };
}

/** Accounts at Stripe: the reseller's, which payments are taken in, and those agencies are paid to. */
export function connectRoutes(deps: ConnectDeps): Route[] {
  const problems = [NotFound, StripeAway];
  const read = { method: 'get', tag, can: ['read', 'PayoutAccount'], problems: [NotFound] } as const;
  const ask = { method: 'post', tag, can: ['read', 'PayoutAccount'], problems } as const;
  const begin = {
    method: 'post',
    tag,
    can: ['update', 'PayoutAccount'],
    stepUp: true,
    problems: [...problems, OnboardingUnderWay, CountryUnknown],
  } as const;
  const choose = { method: 'put', tag, can: ['update', 'PayoutAccount'], stepUp: true } as const;
  const responses = { 200: StripeAccountView };

  const show = async (ctx: RequestContext, agencyId: string | null) => ({
    status: 200,
    body: present(await readAccount(ctx.sql, ctx.actor, { agencyId })),
  });
  const refresh = async (ctx: RequestContext, agencyId: string | null) => {
    await readAccount(ctx.sql, ctx.actor, { agencyId });
    return { status: 200, body: present(await refreshAccount(deps, ctx.tenant, { agencyId })) };
  };
  const onboard = async (ctx: RequestContext, agencyId: string | null, { country }: OnboardingCreate) => {
    const given = { agencyId, country, taxId: ctx.brand.legal.taxId ?? null, page: pageOf(ctx, agencyId) };
    const { url, expiresAt } = await startOnboarding(deps, ctx, given, ctx.audit);
    return { status: 201, body: { url, expiresAt: expiresAt.toISOString() } };
  };
  const use = async (ctx: RequestContext, agencyId: string | null, { isUsed }: { isUsed: boolean }) => {
    await chooseAccount(deps, ctx, { agencyId, isUsed }, ctx.audit);
    return show(ctx, agencyId);
  };

  return [
    defineRoute(
      { ...read, path: '/stripe-account', summary: "The reseller's own account at Stripe", responses },
      ({ ctx }) => show(ctx, null),
    ),
    defineRoute(
      { ...ask, path: '/stripe-account/refresh', summary: 'Ask Stripe how it stands', responses },
      ({ ctx }) => refresh(ctx, null),
    ),
    defineRoute(
      {
        ...begin,
        path: '/stripe-account/onboarding',
        summary: 'Connect an account, or go on with its onboarding',
        body: OnboardingCreate,
        responses: { 201: OnboardingView },
      },
      ({ ctx, body }) => onboard(ctx, null, body),
    ),
    defineRoute(
      {
        ...choose,
        path: '/stripe-account',
        summary: "Take payments in it, or with the platform's key",
        body: StripeAccountUpdate,
        responses,
        problems: [...problems, PaymentAccountNotReady],
      },
      ({ ctx, body }) => use(ctx, null, body),
    ),
    defineRoute(
      {
        ...read,
        path: '/agencies/:id/stripe-account',
        summary: 'The account at Stripe an agency is paid to',
        params: IdParams,
        responses,
      },
      ({ ctx, params }) => show(ctx, params.id),
    ),
    defineRoute(
      {
        ...ask,
        path: '/agencies/:id/stripe-account/refresh',
        summary: 'Ask Stripe how it stands',
        params: IdParams,
        responses,
      },
      ({ ctx, params }) => refresh(ctx, params.id),
    ),
    defineRoute(
      {
        ...begin,
        path: '/agencies/:id/stripe-account/onboarding',
        summary: 'Connect an account for payouts, or go on with its onboarding',
        params: IdParams,
        body: OnboardingCreate,
        responses: { 201: OnboardingView },
      },
      ({ ctx, params, body }) => onboard(ctx, params.id, body),
    ),
    defineRoute(
      {
        ...choose,
        path: '/agencies/:id/stripe-account',
        summary: 'Be paid by transfer, or by SEPA',
        params: IdParams,
        body: StripeAccountUpdate,
        responses,
        problems: [...problems, PayoutAccountNotReady],
      },
      ({ ctx, params, body }) => use(ctx, params.id, body),
    ),
  ];
}
