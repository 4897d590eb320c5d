import type { BuildUp, MarginGuardResult, UsedRule } from './build-up.ts';
import type { FrozenExchange } from './exchange/exchange-table.ts';
import { PricingError } from './errors.ts';

export interface CustomerView {
  readonly viewer: 'customer';
  readonly currency: string;
  readonly total: number;
}

export interface AgencyView {
  readonly viewer: 'agency';
  readonly agencyId: string;
  readonly currency: string;
  readonly buyPrice: number;
  readonly markup: number;
  readonly rules: readonly UsedRule[];
  /** What its child, or the customer of a seller, pays to it. */
  readonly childPrice: number;
  readonly tier: string | null;
  readonly commission: number;
  /** markup + commission. */
  readonly earnings: number;
}

export interface ResellerView {
  readonly viewer: 'reseller';
  readonly currency: string;
  readonly net: { readonly base: number; readonly taxes: number; readonly total: number };
  readonly buyPrice: number;
  readonly markup: number;
  readonly rules: readonly UsedRule[];
  readonly childPrice: number;
  /** Where the supplier asks in another currency: the rate, and what its spread earns beside the margin. */
  readonly fx?: FrozenExchange;
  readonly platformFee: number;
  /** Granted to the agencies of the chain, in total. */
  readonly commissionGranted: number;
  /** The margin: what the reseller keeps. */
  readonly earnings: number;
  readonly guard: MarginGuardResult;
}

export type BuildUpView = CustomerView | AgencyView | ResellerView;

function viewAsReseller(buildUp: BuildUp): ResellerView {
  const reseller = buildUp.levels[0];
  if (!reseller) throw new PricingError('chain_shape', 'A build-up without levels cannot be shown.');
  return {
    viewer: 'reseller',
    currency: buildUp.currency,
    net: { ...buildUp.net },
    ...(buildUp.fx ? { fx: buildUp.fx } : {}),
    buyPrice: reseller.buyPrice,
    markup: reseller.markup,
    rules: reseller.rules,
    childPrice: reseller.sellPrice,
    platformFee: buildUp.platformFee.amount,
    commissionGranted: buildUp.levels.reduce((total, level) => total + level.commission, 0),
    earnings: buildUp.resellerMargin,
    guard: buildUp.guard,
  };
}

/**
 * What one level may see of a build-up: `customer`, an agency's id, or null for the reseller. Built field by field (never by
 * removing), so that a figure added to BuildUp is hidden until somebody decides who sees it. An ancestor's cost, rules, tier,
 * discount, margin and the platform's fee are never in an agency's view. Throws PricingError for an agency outside the chain.
 */
export function viewBuildUp(buildUp: BuildUp, viewer: 'customer'): CustomerView;
export function viewBuildUp(buildUp: BuildUp, viewer: null): ResellerView;
export function viewBuildUp(buildUp: BuildUp, viewer: string | null): BuildUpView;
export function viewBuildUp(buildUp: BuildUp, viewer: string | null): BuildUpView {
  if (viewer === null) return viewAsReseller(buildUp);
  if (viewer === 'customer') {
    return { viewer: 'customer', currency: buildUp.currency, total: buildUp.customerTotal };
  }
  const level = buildUp.levels.find((candidate) => candidate.agencyId === viewer);
  if (!level)
    throw new PricingError('viewer_outside_chain', 'This agency is not part of the sale and sees none of its figures.');
  return {
    viewer: 'agency',
    agencyId: viewer,
    currency: buildUp.currency,
    buyPrice: level.buyPrice,
    markup: level.markup,
    rules: level.rules.map(({ id, version, amount }) => ({ id, version, amount })),
    childPrice: level.sellPrice,
    tier: level.tier,
    commission: level.commission,
    earnings: level.markup + level.commission,
  };
}
