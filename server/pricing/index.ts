export type {
  BuildUp,
  LevelBuildUp,
  MarginGuardMode,
  MarginGuardResult,
  PlatformFeeShare,
  UsedRule,
} from './build-up.ts';
export { compileRules } from './compile-rules.ts';
export type { CompiledRules } from './compile-rules.ts';
export { PricingError } from './errors.ts';
export type { FixedPer, MarkupMatch, MarkupRule, MarkupValue } from './markup-rule.ts';
export { DEFAULT_TIERS, priceOffer } from './price-offer.ts';
export type { ChainLevel, PlatformFeePlan, PriceOfferInput, TierTable } from './price-offer.ts';
export type { OfferFacts } from './select-rules.ts';
export { viewBuildUp } from './view-build-up.ts';
export type { AgencyView, BuildUpView, CustomerView, ResellerView } from './view-build-up.ts';
