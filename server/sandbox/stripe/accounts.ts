import type Stripe from 'stripe';
import type { Context } from './context.ts';
import { actingFor, emit, load, newId, nowSeconds, save } from './context.ts';
import { StripeError, invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readBoolean, readChild, readMetadata, readOneOf, readString } from './params.ts';

const CREATE = [
  'business_profile',
  'business_type',
  'capabilities',
  'company',
  'controller',
  'country',
  'default_currency',
  'email',
  'individual',
  'metadata',
  'settings',
  'type',
] as const satisfies readonly (keyof Stripe.AccountCreateParams)[];
const UPDATE = [
  'business_profile',
  'business_type',
  'capabilities',
  'default_currency',
  'email',
  'metadata',
  'settings',
] as const satisfies readonly (keyof Stripe.AccountUpdateParams)[];

/** What Stripe asks of a business in Spain before it may be paid. */
const FIRST_REQUIREMENTS = [
  'business_profile.url',
  'business_type',
  'external_account',
  'individual.dob.day',
  'individual.first_name',
  'individual.last_name',
  'tos_acceptance.date',
];
const DOCUMENT = 'individual.verification.document';

/** How a person ends the onboarding page. */
export const ONBOARDING_OUTCOMES = ['complete', 'document', 'restrict'] as const;
export type OnboardingOutcome = (typeof ONBOARDING_OUTCOMES)[number];

const requirementsOf = (
  due: string[],
  disabledReason: Stripe.Account.Requirements.DisabledReason | null,
): Stripe.Account.Requirements => ({
  alternatives: [],
  current_deadline: null,
  currently_due: due,
  disabled_reason: disabledReason,
  errors: [],
  eventually_due: due,
  past_due: disabledReason === 'requirements.past_due' ? due : [],
  pending_verification: [],
});

/** The controller's properties, given one by one or by the older `type`. */
function readController(params: Params): { type: Stripe.Account.Type; controller: Stripe.Account.Controller } {
  const type = readOneOf(params, 'type', ['standard', 'express', 'custom'] as const);
  const given = readChild(params, 'controller');
  if (type && given)
    throw invalidParam(
      'type',
      'You may not provide the `type` parameter and `controller` parameters at the same time.',
    );
  const child = (key: string) => readChild(given ?? {}, key) ?? {};
  const isExpress = type === 'express';
  const dashboard = type
    ? ({ standard: 'full', express: 'express', custom: 'none' } as const)[type]
    : (readOneOf(child('stripe_dashboard'), 'type', ['full', 'express', 'none'] as const) ?? 'full');
  const losses = type
    ? type === 'standard'
      ? 'stripe'
      : 'application'
    : (readOneOf(child('losses'), 'payments', ['application', 'stripe'] as const) ?? 'stripe');
  const payer = readOneOf(child('fees'), 'payer', ['account', 'application'] as const) ?? 'account';
  if (!type && dashboard === 'full' && losses === 'application')
    throw invalidParam(
      'controller',
      'When `controller[losses][payments]` is `application`, `controller[stripe_dashboard][type]` may not be `full`.',
    );
  return {
    type: type ?? 'none',
    controller: {
      fees: { payer: isExpress ? 'application_express' : payer },
      is_controller: true,
      losses: { payments: losses },
      requirement_collection: 'stripe',
      stripe_dashboard: { type: dashboard },
      type: 'application',
    },
  };
}

function readCapabilities(params: Params): ('card_payments' | 'transfers')[] {
  const given = readChild(params, 'capabilities') ?? {};
  for (const key of Object.keys(given))
    if (key !== 'card_payments' && key !== 'transfers')
      throw invalidParam(`capabilities[${key}]`, `The sandbox has the capabilities card_payments and transfers only.`);
  return (['card_payments', 'transfers'] as const).filter(
    (name) => readBoolean(readChild(given, name) ?? {}, 'requested') === true,
  );
}

/** Makes a connected account; it may do nothing before its onboarding is complete. */
export function createAccount(ctx: Context, params: Params): Stripe.Account {
  assertPlatform(ctx, 'accounts');
  allowOnly(params, CREATE);
  const { type, controller } = readController(params);
  const country = (readString(params, 'country') ?? 'ES').toUpperCase();
  if (!/^[A-Z]{2}$/.test(country))
    throw invalidParam('country', `Country '${country}' is unknown.`, 'country_unsupported');
  const requested = type === 'standard' ? (['card_payments', 'transfers'] as const) : readCapabilities(params);
  const profile = readChild(params, 'business_profile') ?? {};
  const account: Stripe.Account = {
    id: newId('acct', 16),
    object: 'account',
    business_profile: {
      annual_revenue: null,
      estimated_worker_count: null,
      mcc: readString(profile, 'mcc') ?? null,
      minority_owned_business_designation: null,
      name: readString(profile, 'name') ?? null,
      product_description: readString(profile, 'product_description') ?? null,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: readString(profile, 'support_email') ?? null,
      support_phone: null,
      support_url: null,
      url: readString(profile, 'url') ?? null,
    },
    business_type: readOneOf(params, 'business_type', ['company', 'individual', 'non_profit'] as const) ?? null,
    capabilities: Object.fromEntries(requested.map((name) => [name, 'inactive'])),
    charges_enabled: false,
    controller,
    country,
    created: nowSeconds(),
    default_currency: readString(params, 'default_currency') ?? 'eur',
    details_submitted: false,
    email: readString(params, 'email') ?? null,
    external_accounts: { object: 'list', data: [], has_more: false, url: '' },
    future_requirements: requirementsOf([], null),
    metadata: readMetadata(params),
    payouts_enabled: false,
    requirements: requirementsOf(FIRST_REQUIREMENTS, 'requirements.past_due'),
    settings: null,
    tos_acceptance: { date: null },
    type,
  };
  return save(ctx, 'connected_account', account);
}

export function updateAccount(ctx: Context, id: string, params: Params): Stripe.Account {
  allowOnly(params, UPDATE);
  const before = loadAccount(ctx, id);
  const added = readCapabilities(params).filter((name) => before.capabilities?.[name] === undefined);
  return change(ctx, before, {
    email: readString(params, 'email') ?? before.email,
    metadata: readMetadata(params, before.metadata ?? {}),
    capabilities: {
      ...before.capabilities,
      ...Object.fromEntries(added.map((name) => [name, before.details_submitted ? 'active' : 'inactive'])),
    },
  });
}

/** An account as the platform sees it; an account itself sees its own only. */
export function loadAccount(ctx: Context, id: string): Stripe.Account {
  if (ctx.account && ctx.account !== id) throw noAccess(id);
  return load(actingFor(ctx, null), 'connected_account', id, 'account');
}

/** The account a request is made for; the platform's own without `Stripe-Account`. */
export function currentAccount(ctx: Context): Stripe.Account {
  if (ctx.account) return loadAccount(ctx, ctx.account);
  return {
    id: 'acct_sandboxplatform',
    object: 'account',
    charges_enabled: true,
    country: 'ES',
    default_currency: 'eur',
    details_submitted: true,
    email: null,
    payouts_enabled: true,
    type: 'standard',
  };
}

/** Ends onboarding one way or another; the account's own event tells of it. */
export function settleOnboarding(ctx: Context, id: string, outcome: OnboardingOutcome): Stripe.Account {
  const account = loadAccount(ctx, id);
  const isActive = outcome !== 'restrict';
  const due = outcome === 'complete' ? [] : [DOCUMENT];
  const wants = Object.keys(account.capabilities ?? {});
  return change(ctx, account, {
    business_type: account.business_type ?? 'company',
    details_submitted: true,
    // A document that is still missing stops payouts to the bank, not payments.
    charges_enabled: isActive && wants.includes('card_payments'),
    payouts_enabled: outcome === 'complete',
    capabilities: Object.fromEntries(wants.map((name) => [name, isActive ? 'active' : 'inactive'])),
    requirements: requirementsOf(due, isActive ? null : 'requirements.past_due'),
    tos_acceptance: { date: nowSeconds() },
  });
}

function change(ctx: Context, before: Stripe.Account, changes: Partial<Stripe.Account>): Stripe.Account {
  const after = save(actingFor(ctx, null), 'connected_account', { ...before, ...changes });
  const previous = Object.fromEntries(
    Object.keys(changes).map((key) => [key, before[key as keyof Stripe.Account] as unknown]),
  );
  emit(actingFor(ctx, before.id), 'account.updated', after, previous);
  return after;
}

const noAccess = (id: string): StripeError =>
  new StripeError(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key does not have access to account '${id}' (or that account does not exist). Application access may have been revoked.`,
  });

/** A request may name only an account that was connected. */
export function assertConnected(ctx: Context): void {
  if (ctx.account && !ctx.store.get('connected_account', ctx.account)) throw noAccess(ctx.account);
}

/** Money for a connected account is taken only once its onboarding allows it. */
export function assertMayCharge(ctx: Context): void {
  const account = ctx.account ? ctx.store.get('connected_account', ctx.account) : undefined;
  if (account && !account.charges_enabled)
    throw new StripeError(400, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: 'Your account cannot currently make charges: complete its onboarding.',
    });
}

/** Only the platform itself has these objects. */
export function assertPlatform(ctx: Context, what: string): void {
  if (ctx.account)
    throw new StripeError(403, {
      type: 'invalid_request_error',
      message: `Only the platform may work with ${what}: leave out the Stripe-Account header.`,
    });
}

export function assertDirectCharge(ctx: Context, param: string): void {
  if (!ctx.account)
    throw invalidParam(
      param,
      'Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).',
    );
}
