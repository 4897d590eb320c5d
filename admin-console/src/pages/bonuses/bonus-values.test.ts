import { expect, it } from 'vitest';
import type { BonusCampaign } from '../../api/bonuses.ts';
import { bonusFaults, bonusOf, bonusValuesOf } from './bonus-values.ts';

const campaign: BonusCampaign = {
  id: 'c',
  currency: 'EUR',
  state: 'running',
  createdAt: '2026-11-01T00:00:00Z',
  version: 2,
  name: 'More',
  period: 'month',
  startsOn: '2026-12-01',
  endsOn: null,
  match: { product: ['stay'] },
  audience: { kind: 'tier', tiers: ['gold'] },
  basis: 'travelled',
  measure: 'volume',
  mode: 'marginal',
  steps: [
    { above: 100_000, reward: { kind: 'rate', basisPoints: 200 } },
    { above: 200_000, reward: { kind: 'fixed', amountMinor: 5000 } },
  ],
  capMinor: null,
  overlap: 'best',
  graceDays: 5,
};

it('sends back what it was given', () => {
  const { id: _id, currency: _currency, state: _state, createdAt: _at, version: _version, ...input } = campaign;
  expect(bonusOf(bonusValuesOf(campaign, '2026-12-05'), campaign)).toEqual(input);
});

it('names what is missing where it is missing', () => {
  expect(bonusFaults({ ...bonusValuesOf(null, '2026-12-05'), period: 'range', audience: 'chosen' })).toEqual({
    name: 'form.required',
    endsOn: 'form.required',
    chosen: 'form.required',
    'steps.0.above': 'form.required',
    'steps.0.basisPoints': 'form.rate',
  });
  expect(bonusFaults(bonusValuesOf(campaign, '2026-12-05'))).toEqual({});
});
