import { describe, expect, it } from 'vitest';
import type { MarkupRule } from '../../api/pricing.ts';
import { otherConditions, ruleOf, valuesOf } from './rule-values.ts';

const rule: MarkupRule = {
  id: 'r1',
  ownerAgencyId: null,
  name: 'Iberia',
  match: {
    carrier: ['IB', 'UX'],
    childTier: ['gold'],
    hotelChain: ['Sol'],
    leadDaysMin: 7,
    cabin: ['first'],
    fromTheFuture: ['kept'],
  },
  value: { kind: 'percent', basisPoints: 850, of: 'base' },
  currency: 'EUR',
  minMinor: 500,
  maxMinor: null,
  stack: false,
  priority: 3,
  validFrom: '2026-12-01T00:00:00.000Z',
  validTo: '2027-03-01T00:00:00.000Z',
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  version: 4,
};

describe('a markup rule in its form', () => {
  it('comes out as it went in, with conditions the form does not know', () => {
    const { name, match, value, minMinor, maxMinor, stack, priority, validFrom, validTo } = rule;
    expect(ruleOf(valuesOf(rule), rule.match)).toEqual({
      name,
      match,
      value,
      minMinor,
      maxMinor,
      stack,
      priority,
      validFrom,
      validTo,
    });
    expect(otherConditions(rule.match)).toEqual(['fromTheFuture']);
  });

  it('names the last day of a rule, though the API ends it at the day after', () => {
    expect(valuesOf(rule).validTo).toBe('2027-02-28');
  });

  it('reads codes separated by commas and leaves out what is empty', () => {
    const values = { ...valuesOf(null), name: 'x', basisPoints: 100, carrier: ' ib, ux ,', origin: '' };
    expect(ruleOf(values).match).toEqual({ carrier: ['IB', 'UX'] });
  });
});
