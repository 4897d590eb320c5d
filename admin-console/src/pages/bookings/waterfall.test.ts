import { describe, expect, it } from 'vitest';
import { buildWaterfall, scaleOf } from './waterfall.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const names = { net: 'Net', fee: 'Fee', customer: 'Customer', reseller: 'Aurora' };
const level = (agencyId: string | null, buy: number, markup: number) => ({
  agencyId,
  agencyName: agencyId ?? '',
  tier: null,
  buyPrice: eur(buy),
  markup: eur(markup),
  commission: eur(0),
  earned: eur(markup),
});

describe('the steps of a price', () => {
  const earnings = {
    buyPrice: eur(20200),
    markup: eur(3000),
    sellPrice: eur(23200),
    commission: eur(0),
    earned: eur(3000),
    net: eur(20000),
    platformFee: eur(200),
    chain: [level(null, 20200, 3000), level('sol', 23200, 500)],
  };

  it('climb from the net price to the total, each level on its own buy price', () => {
    const steps = buildWaterfall(earnings, eur(23700), names);
    expect(steps.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['Net', 0, 20000],
      ['Fee', 20000, 20200],
      ['Aurora', 20200, 23200],
      ['sol', 23200, 23700],
      ['Customer', 0, 23700],
    ]);
  });

  it('leave out a fee that is paid from the margin and raises no price', () => {
    const fromMargin = { ...earnings, chain: [level(null, 20000, 3000), level('sol', 23000, 500)] };
    expect(buildWaterfall(fromMargin, eur(23500), names).map(({ name, end }) => [name, end])).toEqual([
      ['Net', 20000],
      ['Aurora', 23000],
      ['sol', 23500],
      ['Customer', 23500],
    ]);
  });

  it('are drawn from near the first markup, so that small ones are seen', () => {
    expect(scaleOf(buildWaterfall(earnings, eur(23700), names))).toEqual({ from: 16300, to: 23700 });
  });

  it('are not shown to a level that is given its own line only', () => {
    const { chain: _chain, net: _net, ...own } = earnings;
    expect(buildWaterfall(own, eur(23700), names)).toEqual([]);
  });
});
