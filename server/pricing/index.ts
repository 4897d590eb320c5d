export type {
  BuildUp,
  LevelBuildUp,
  MarginGuardMode,
  MarginGuardResult,
  PlatformFeeShare,
  PromoDiscount,
  UsedRule,
} from './build-up.ts';
export { compileRules } from './compile-rules.ts';
export { readSettings as readPricingSettings } from './edit-settings.ts';
export { fitsMatch } from './fits-match.ts';
export type { CompiledRules } from './compile-rules.ts';
export { convertCurrency, exactRate } from './convert-currency.ts';
export type { Converted, ExchangeRate } from './convert-currency.ts';
export { atMid, exchangeAmount, exchangeNet, usableRate } from './exchange/exchange-table.ts';
export type { Exchanged, ExchangeTable, FrozenExchange } from './exchange/exchange-table.ts';
export { marketValue, readExchangeTable } from './exchange/edit-exchange.ts';
export { presentExchange } from './exchange/present-exchange.ts';
export { CurrencyCode, FrozenExchangeView } from './exchange/schema.ts';
export { countLeftOut } from './exchange/left-out.ts';
export { fetchRateFeed, takeRateFeed } from './exchange/take-feed.ts';
export { PricingError } from './errors.ts';
export type { FixedPer, MarkupMatch, MarkupRule, MarkupValue } from './markup-rule.ts';
export { discountPackage } from './package-discount.ts';
export type { PackagePrice } from './package-discount.ts';
export { mayBeSoldTo } from './parity.ts';
export type { Audience, ParityFloor, ParityResult } from './parity.ts';
export { DEFAULT_TIERS, priceOffer } from './price-offer.ts';
export type { ChainLevel, PlatformFeePlan, PriceOfferInput, TierTable } from './price-offer.ts';
export type { OfferFacts } from './select-rules.ts';
export { refundTraveller, splitOverTravellers } from './traveller-shares.ts';
export { viewBuildUp } from './view-build-up.ts';
export type { AgencyView, BuildUpView, CustomerView, ResellerView } from './view-build-up.ts';
export { createPricing } from './create-pricing.ts';
export type { Pricing } from './create-pricing.ts';
export { createPricingFor, sellerOf } from './pricing-for.ts';
export type { PricingScope, SellerPricing } from './pricing-for.ts';
export { SellerNotApproved } from './problems.ts';
export { seedDefaultRule } from './seed-default-rule.ts';
export { previewSample } from './preview.ts';
export type { Sample as PreviewSample } from './preview.ts';
export { MarkupMatchView, MarkupValueView, OfferPreviewRequest, PreviewView } from './schema.ts';
export { wordsOfRules, type RuleWords } from './explain-rules.ts';
