import { describe, expect, it } from 'vitest';
import { compileRules } from './compile-rules.ts';
import { priceOffer } from './price-offer.ts';
import { aRule, exampleA } from './testing.ts';
import { viewBuildUp } from './view-build-up.ts';

/** Amounts chosen so that no figure of one level is part of another's digits. */
const built = priceOffer({
  ...exampleA(),
  net: { base: 1_731_577, taxes: 219_013, currency: 'EUR' },
  chain: [
    { agencyId: null },
    { agencyId: 'A', tier: 'gold' },
    { agencyId: 'B', tier: 'silver' },
    { agencyId: 'C', tier: 'bronze' },
  ],
  rulesByOwner: compileRules([
    aRule({ id: 'rule-reseller', ownerAgencyId: null, value: { kind: 'fixed', amountMinor: 373_571, per: 'booking' } }),
    aRule({ id: 'rule-a', ownerAgencyId: 'A', value: { kind: 'fixed', amountMinor: 61_913, per: 'booking' } }),
    aRule({ id: 'rule-b', ownerAgencyId: 'B', value: { kind: 'fixed', amountMinor: 47_387, per: 'booking' } }),
    aRule({ id: 'rule-c', ownerAgencyId: 'C', value: { kind: 'fixed', amountMinor: 8_839, per: 'booking' } }),
  ]),
  platformFee: { percentOfNetBp: 137, fixedMinor: 0 },
});

/** Every figure and name that belongs to a level alone: all but its selling price, which its child knows. */
function secretsOf(index: number): string[] {
  const level = built.levels[index];
  if (!level) return [];
  const own = [level.buyPrice, level.markup, level.commission, level.markup + level.commission];
  const names = [...level.rules.map((rule) => rule.id), ...(level.tier ? [level.tier] : [])];
  const reseller = [
    built.net.base,
    built.net.taxes,
    built.net.total,
    built.platformFee.amount,
    built.resellerMargin,
    built.commissionable,
    built.levels.reduce((total, l) => total + l.commission, 0),
  ];
  return [...own, ...(index === 0 ? reseller : [])]
    .filter((n) => n !== 0)
    .map(String)
    .concat(names);
}

describe('what a level sees', () => {
  it('shows no figure, rule or tier of an ancestor to any agency of the chain', () => {
    for (const [index, level] of built.levels.entries()) {
      if (level.agencyId === null) continue;
      const shown = JSON.stringify(viewBuildUp(built, level.agencyId));
      for (let above = 0; above < index; above++) {
        for (const secret of secretsOf(above)) expect(shown).not.toContain(secret);
      }
      expect(shown).toContain(String(level.buyPrice));
      expect(shown).toContain(String(level.markup + level.commission));
    }
  });

  it('shows the customer the total and nothing else', () => {
    expect(viewBuildUp(built, 'customer')).toEqual({ viewer: 'customer', currency: 'EUR', total: built.customerTotal });
  });

  it('shows an agency the price of its child but not what the child adds to it', () => {
    const shown = JSON.stringify(viewBuildUp(built, 'A'));
    expect(shown).toContain(String(built.levels[1]?.sellPrice));
    for (const below of [2, 3]) {
      const level = built.levels[below];
      expect(shown).not.toContain(String(level?.markup));
      expect(shown).not.toContain(String(level?.commission));
    }
  });

  it('example A: gives each level its earnings', () => {
    const a = priceOffer(exampleA());
    expect(viewBuildUp(a, 'A')).toMatchObject({ buyPrice: 23000, markup: 500, childPrice: 23500, earnings: 1070 });
    expect(viewBuildUp(a, 'B')).toMatchObject({ buyPrice: 23500, markup: 470, childPrice: 23970, earnings: 1800 });
    expect(viewBuildUp(a, null)).toMatchObject({
      buyPrice: 20000,
      platformFee: 200,
      commissionGranted: 1900,
      earnings: 900,
    });
  });

  it('shows nothing to an agency outside the chain', () => {
    expect(() => viewBuildUp(built, 'Z')).toThrow(/not part of the sale/);
  });
});
