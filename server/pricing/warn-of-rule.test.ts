import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findConflicts } from './find-conflicts.ts';
import { compileRules } from './compile-rules.ts';
import type { MarkupRule } from './markup-rule.ts';
import { prepareFacts, selectRules } from './select-rules.ts';
import { aRule } from './testing.ts';
import { warnOfRule } from './warn-of-rule.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const rule = (id: string, more: Partial<MarkupRule> = {}): MarkupRule =>
  aRule({ id, ownerAgencyId: null, value: { kind: 'percent', basisPoints: 100, of: 'total' }, ...more });
const conflicts = (...rules: MarkupRule[]) =>
  findConflicts(rules, 9).map(({ code, winner, loser }) => [code, winner.id, loser.id]);

describe('conflicts', () => {
  const iberia = rule('iberia', { match: { carrier: ['IB', 'UX'] } });

  it('are two rules of equal weight on the same sales; the older wins', () => {
    const older = rule('older', { match: { carrier: ['IB'] }, createdAt: '2025-01-01T00:00:00Z' });
    expect(conflicts(iberia, older)).toEqual([['tie', 'older', 'iberia']]);
    expect(conflicts(iberia, { ...older, createdAt: '2026-06-01T00:00:00Z' })).toEqual([
      ['never_applies', 'iberia', 'older'],
    ]);
    expect(conflicts(iberia, { ...older, priority: 1 })).toEqual([]);
    expect(conflicts(iberia, { ...iberia, id: 'twin', priority: 1 })).toEqual([['never_applies', 'twin', 'iberia']]);
  });

  it('are none where one is more exact, they add up, or they never meet', () => {
    expect(conflicts(iberia, rule('exact', { match: { carrier: ['IB'], cabin: ['first'] } }))).toEqual([]);
    expect(conflicts(iberia, rule('adds', { match: { carrier: ['IB'] }, stack: true }))).toEqual([]);
    expect(conflicts(iberia, rule('other', { match: { carrier: ['BA'] } }))).toEqual([]);
    const season = (travelFrom: string, travelTo: string) => rule(travelFrom, { match: { travelFrom, travelTo } });
    expect(conflicts(season('2027-01-01', '2027-03-31'), season('2027-04-01', '2027-06-30'))).toEqual([]);
    expect(conflicts(season('2027-01-01', '2027-04-01'), season('2027-04-01', '2027-06-30'))).toHaveLength(1);
    const until = rule('until', { validTo: '2027-01-01T00:00:00Z' });
    expect(conflicts(until, rule('from', { validFrom: '2027-01-01T00:00:00Z' }))).toEqual([]);
    expect(conflicts(rule('eur', { currency: 'EUR' }), rule('usd', { currency: 'USD' }))).toEqual([]);
  });

  it('tell the truth: a rule said never to apply is never chosen while the other stands', () => {
    const codes = fc.subarray(['a', 'b', 'c'], { minLength: 1 });
    const shape = fc.record({
      match: fc.record(
        { carrier: codes, cabin: codes, leadDaysMin: fc.nat(9), leadDaysMax: fc.nat(9) },
        { requiredKeys: [] },
      ),
      priority: fc.nat(2),
    });
    const code = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(shape, shape, code, code, fc.nat(9), (one, other, carrier, cabin, leadDays) => {
        const rules = [rule('one', one), rule('other', other)];
        const compiled = compileRules(rules);
        const facts = { product: 'flight', carrier, cabin, leadDays, travellers: 1, at: NOW.getTime() };
        const chosen = selectRules(compiled.byOwner.get(''), prepareFacts(facts, 'EUR', compiled.asked), {
          agencyId: undefined,
          tier: undefined,
        });
        const [conflict] = findConflicts(rules, 1);
        if (conflict?.code === 'never_applies') expect(chosen.map(({ id }) => id)).not.toContain(conflict.loser.id);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('warnings of a rule', () => {
  const codes = (given: MarkupRule, ...others: MarkupRule[]) =>
    warnOfRule(given, others, NOW).map(({ code, pointer }) => [code, pointer]);

  it('name conditions that no sale has together, an end in the past, and a value of nothing', () => {
    expect(codes(rule('x', { match: { product: ['stay'], carrier: ['IB'] } }))).toEqual([
      ['never_matches', '/match/carrier'],
    ]);
    expect(codes(rule('x', { match: { carrier: ['IB'], stars: [5] } }))).toEqual([['never_matches', '/match/stars']]);
    expect(codes(rule('x', { validTo: '2026-11-23T12:00:00Z' }))).toEqual([['expired', '/validTo']]);
    const zero = { kind: 'percent', basisPoints: 0, of: 'total' } as const;
    expect(codes(rule('x', { value: zero }))).toEqual([['adds_nothing', '/value']]);
    expect(codes(rule('x', { value: zero, minMinor: 500 }))).toEqual([]);
    const perNight = { kind: 'fixed', amountMinor: 500, per: 'night' } as const;
    expect(codes(rule('x', { value: perNight, match: { product: ['flight'] } }))).toEqual([['adds_nothing', '/value']]);
  });

  it('name the rule that takes its sales, and the one it would take them from', () => {
    const all = rule('all');
    expect(codes(rule('new', { createdAt: '2026-11-01T00:00:00Z' }), all)).toEqual([['never_applies', '/match']]);
    expect(codes(rule('new', { priority: 5 }), all)).toEqual([['hides', '/match']]);
    expect(codes(all, all)).toEqual([]);
  });
});
