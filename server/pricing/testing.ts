import { compileRules } from './compile-rules.ts';
import type { MarkupRule } from './markup-rule.ts';
import type { Audience } from './parity.ts';
import { DEFAULT_TIERS } from './price-offer.ts';
import type { PriceOfferInput } from './price-offer.ts';

/** A rule that matches everything, to be narrowed by a test. */
export function aRule(given: Partial<MarkupRule> & Pick<MarkupRule, 'id' | 'ownerAgencyId' | 'value'>): MarkupRule {
  return {
    version: 1,
    name: given.id,
    match: {},
    stack: false,
    priority: 0,
    createdAt: '2026-01-01T00:00:00Z',
    ...given,
  };
}

/** Worked example A: net 20000, reseller 15 %, A (gold) 500 fixed, B (silver) 2 %, platform fee 1 % of net. */
export function exampleA(): PriceOfferInput {
  return {
    net: { base: 16000, taxes: 4000, currency: 'EUR' },
    facts: { product: 'flight', travellers: 1, at: Date.parse('2026-11-23T12:00:00Z') },
    chain: [{ agencyId: null }, { agencyId: 'A', tier: 'gold' }, { agencyId: 'B', tier: 'silver' }],
    rulesByOwner: compileRules([
      aRule({ id: 'r', ownerAgencyId: null, value: { kind: 'percent', basisPoints: 1500, of: 'total' } }),
      aRule({ id: 'a', ownerAgencyId: 'A', value: { kind: 'fixed', amountMinor: 500, per: 'booking' } }),
      aRule({ id: 'b', ownerAgencyId: 'B', value: { kind: 'percent', basisPoints: 200, of: 'total' } }),
    ]),
    tiers: DEFAULT_TIERS,
    platformFee: { percentOfNetBp: 100, fixedMinor: 0 },
  };
}

/** Worked example I: markup-discount tiers down four levels, the platform's fee in the price, no commission. */
export function exampleI(): PriceOfferInput {
  return {
    net: { base: 33000, taxes: 8237, currency: 'EUR' },
    facts: { product: 'flight', travellers: 1, at: Date.parse('2026-11-23T12:00:00Z') },
    chain: [{ agencyId: null }, { agencyId: 'A', tier: 'silver' }, { agencyId: 'B', tier: 'bronze' }],
    rulesByOwner: compileRules([
      aRule({ id: 'r', ownerAgencyId: null, value: { kind: 'percent', basisPoints: 300, of: 'total' } }),
      aRule({ id: 'a', ownerAgencyId: 'A', value: { kind: 'fixed', amountMinor: 800, per: 'traveller' } }),
      aRule({ id: 'b', ownerAgencyId: 'B', value: { kind: 'percent', basisPoints: 500, of: 'total' } }),
    ]),
    tiers: {
      commissionBp: { bronze: 0, silver: 0, gold: 0, platinum: 0 },
      markupDiscountBp: { bronze: 0, silver: 1000, gold: 2000, platinum: 3000 },
    },
    platformFee: {
      percentOfNetBp: 0,
      percentOfBaseBp: 200,
      fixedMinor: 300,
      platformDiscountBp: 2000,
      paidFrom: 'price',
    },
  };
}

/** Worked example K: net 20000 + 5 % + 10 % = 23100 where the hotel suggests 24000. */
export function exampleK(audience: Audience): PriceOfferInput {
  const percent = (basisPoints: number) => ({ kind: 'percent', basisPoints, of: 'total' }) as const;
  return {
    ...exampleA(),
    net: { base: 20000, taxes: 0, currency: 'EUR' },
    facts: { product: 'stay', travellers: 2, at: Date.parse('2026-11-23T12:00:00Z') },
    chain: [{ agencyId: null }, { agencyId: 'A' }],
    rulesByOwner: compileRules([
      aRule({ id: 'r', ownerAgencyId: null, value: percent(500) }),
      aRule({ id: 'a', ownerAgencyId: 'A', value: percent(1000) }),
    ]),
    platformFee: { percentOfNetBp: 0, fixedMinor: 0 },
    parity: { suggestedMinor: 24000, audience },
  };
}
