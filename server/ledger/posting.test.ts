import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BuildUp } from '../pricing/build-up.ts';
import { compileRules } from '../pricing/compile-rules.ts';
import type { MarkupRule } from '../pricing/markup-rule.ts';
import { priceOffer } from '../pricing/price-offer.ts';
import type { ChainLevel } from '../pricing/price-offer.ts';
import { exampleA, exampleI } from '../pricing/testing.ts';
import { buildCardSale } from './card-sale.ts';
import { LedgerError, assertBalanced, reversePosting } from './posting.ts';
import type { Posting } from './posting.ts';
import { buildRefund, planRefund } from './refund.ts';
import type { RefundPolicy } from './refund.ts';
import { buildWalletMovement } from './wallet-movement.ts';
import { buildWalletSale, walletEdgesOf } from './wallet-sale.ts';

const a = priceOffer(exampleA());

/** Entries of one book as `account: amount`, credits negative. */
function book(posting: Posting, name: string): Record<string, number> {
  const own = posting.entries.filter((entry) => entry.book === name);
  const sums: Record<string, number> = {};
  for (const { account, amount } of own) sums[account] = (sums[account] ?? 0) + amount;
  return sums;
}

describe('worked examples', () => {
  it('example A: a card sale in the books of the reseller, A and B', () => {
    const posting = buildCardSale(a, 'bk_1');
    expect(book(posting, 'reseller')).toEqual({
      psp_clearing: 23970,
      supplier_payable: -20000,
      platform_payable: -200,
      'agency_payable:A': -1070,
      'agency_payable:B': -1800,
      margin: -900,
    });
    expect(book(posting, 'agency:A')).toEqual({ 'receivable:reseller': 1070, margin: -500, commission_income: -570 });
    expect(book(posting, 'agency:B')).toEqual({ 'receivable:reseller': 1800, margin: -470, commission_income: -1330 });
    expect([posting.source, posting.key]).toEqual(['booking', 'bk_1/sale']);
  });

  it("example B: the same from B's wallet", () => {
    const posting = buildWalletSale(a, 'bk_2');
    expect(book(posting, 'reseller')).toEqual({
      'wallet:A': 23000,
      supplier_payable: -20000,
      platform_payable: -200,
      'commission_payable:A': -570,
      'commission_payable:B': -1330,
      margin: -900,
    });
    expect(book(posting, 'agency:A')).toEqual({
      'wallet:B': 23500,
      'payable:reseller': -23000,
      margin: -500,
      'receivable:reseller': 570,
      commission_income: -570,
    });
    expect(book(posting, 'agency:B')).toEqual({
      customer_receivable: 23970,
      'payable:A': -23500,
      margin: -470,
      'receivable:reseller': 1330,
      commission_income: -1330,
    });
    expect(walletEdgesOf(a)).toEqual([
      { parentId: null, childId: 'A', amount: 23000 },
      { parentId: 'A', childId: 'B', amount: 23500 },
    ]);
  });

  const all = (policy: RefundPolicy, sale: BuildUp = a, supplierRefund = 12000) =>
    planRefund({
      sale,
      supplierRefund,
      platform: policy === 'keep' ? 'keep' : 'proportional',
      reseller: { policy },
      agencies: { A: { policy }, B: { policy } },
    });

  it('example C: a partial refund, proportional', () => {
    const plan = all('proportional');
    expect(plan.customer).toBe(14382);
    expect(book(buildRefund(plan, 'card', 'rf_1'), 'reseller')).toEqual({
      supplier_payable: 12000,
      platform_payable: 120,
      'agency_payable:A': 642,
      'agency_payable:B': 1080,
      margin: 540,
      psp_clearing: -14382,
    });
    expect(plan.agencies.map((x) => [x.markup, x.commission])).toEqual([
      [300, 342],
      [282, 798],
    ]);
  });

  it('example C: a partial refund, every earning kept', () => {
    const plan = all('keep');
    expect(plan.customer).toBe(12000);
    const posting = buildRefund(plan, 'card', 'rf_2');
    expect(book(posting, 'reseller')).toEqual({ supplier_payable: 12000, psp_clearing: -12000 });
    expect(posting.entries).toHaveLength(2);
  });

  it('example J: each level with its own policy and fee', () => {
    const plan = planRefund({
      sale: priceOffer(exampleI()),
      supplierRefund: 31237,
      platform: 'keep',
      reseller: { policy: 'keep', feeMinor: 500 },
      agencies: { A: { policy: 'proportional' }, B: { policy: 'full' } },
    });
    expect(plan.agencies.map((x) => [x.fromParent, x.toChild])).toEqual([
      [30737, 31343],
      [31343, 33540],
    ]);
    expect(plan.customer).toBe(33540);
    expect(46136 - plan.customer).toBe(12596);
    expect(book(buildRefund(plan, 'wallet', 'rf_3'), 'agency:A')).toEqual({
      'payable:reseller': 30737,
      margin: 606,
      'wallet:B': -31343,
    });
  });

  it('a platform that keeps its fee does not shorten a proportional refund: the margin bears it', () => {
    const terms = { policy: 'proportional' } as const;
    const plan = planRefund({
      sale: a,
      supplierRefund: 12000,
      platform: 'keep',
      reseller: terms,
      agencies: { A: terms, B: terms },
    });
    expect([plan.customer, plan.platform, plan.margin]).toEqual([14382, 0, 660]);
  });
});

describe('refusals', () => {
  it('never refunds more than was paid, and never below zero', () => {
    const keep = { sale: a, platform: 'keep', reseller: { policy: 'keep' }, agencies: {} } as const;
    expect(() => planRefund({ ...keep, supplierRefund: 20001 })).toThrow(LedgerError);
    expect(() => planRefund({ ...keep, supplierRefund: 1, supplierRefundedBefore: 20000 })).toThrow(LedgerError);
    expect(() => planRefund({ ...keep, supplierRefund: 100, reseller: { policy: 'keep', feeMinor: 101 } })).toThrow(
      /lower a fee/,
    );
  });

  it('does not post what does not balance, nor nothing at all', () => {
    const posting = buildCardSale(a, 'x');
    const [first, ...rest] = posting.entries;
    expect(() => assertBalanced({ ...posting, entries: rest })).toThrow(/off by -23970 EUR/);
    expect(first?.amount).toBe(23970);
    expect(() => assertBalanced({ ...posting, entries: [] })).toThrow(/no entries/);
    expect(() => buildWalletSale(priceOffer({ ...exampleA(), chain: [{ agencyId: null }] }), 'x')).toThrow(/card/);
  });
});

describe('balance', () => {
  const sale = fc
    .record({
      base: fc.nat(2_000_000),
      taxes: fc.nat(400_000),
      bps: fc.array(fc.nat(2000), { minLength: 1, maxLength: 5 }),
      paidFrom: fc.constantFrom('margin', 'price'),
      mode: fc.constantFrom('capped', 'allowed'),
    })
    .filter(({ base, taxes }) => base + taxes > 0)
    .map(({ base, taxes, bps, paidFrom, mode }) => {
      const ids = [null, ...bps.map((_, i) => `g${i}`)];
      const rules: MarkupRule[] = ids.map((id, i) => ({
        id: `r${i}`,
        version: 1,
        ownerAgencyId: id,
        name: 'x',
        match: {},
        value: { kind: 'percent', basisPoints: bps[i] ?? 700, of: 'total' },
        stack: false,
        priority: 0,
        createdAt: '2026-01-01T00:00:00Z',
      }));
      const chain: ChainLevel[] = ids.map((agencyId, i) =>
        i === 0 ? { agencyId } : { agencyId, tier: i % 2 ? 'platinum' : 'silver' },
      );
      return priceOffer({
        ...exampleA(),
        net: { base, taxes, currency: 'EUR' },
        chain,
        rulesByOwner: compileRules(rules),
        platformFee: { percentOfNetBp: 100, fixedMinor: 25, paidFrom },
        guard: { mode, floorMinor: 0 },
      });
    });

  it('every book of every posting sums to zero, and a reversal takes it back', () => {
    fc.assert(
      fc.property(sale, (built) => {
        for (const posting of [buildCardSale(built, 'b'), buildWalletSale(built, 'b')]) {
          expect(() => assertBalanced(posting)).not.toThrow();
          const reversal = reversePosting(posting);
          expect(reversal.entries.map((e) => -e.amount)).toEqual(posting.entries.map((e) => e.amount));
        }
      }),
    );
  });

  it('proportional refunds in steps return what one refund returns, to the whole', () => {
    const terms = { policy: 'proportional' } as const;
    fc.assert(
      fc.property(sale, fc.nat(10_000), (built, bp) => {
        const net = built.net.total;
        const first = Math.floor((net * bp) / 10_000);
        const agencies = Object.fromEntries(built.levels.slice(1).map((level) => [level.agencyId ?? '', terms]));
        const common = { sale: built, platform: 'proportional', reseller: terms, agencies } as const;
        const one = planRefund({ ...common, supplierRefund: first });
        const two = planRefund({ ...common, supplierRefund: net - first, supplierRefundedBefore: first });
        expect(one.customer + two.customer).toBe(built.customerTotal);
        expect(one.margin + two.margin).toBe(built.resellerMargin);
        for (const paidBy of ['card', 'wallet'] as const) {
          if (first > 0) expect(() => buildRefund(one, paidBy, 'x')).not.toThrow();
          if (net > first) expect(() => buildRefund(two, paidBy, 'y')).not.toThrow();
        }
      }),
    );
  });

  it('a top-up credits the wallet in the parent and the payable in the child', () => {
    const posting = buildWalletMovement({
      movementId: 'tu_1',
      kind: 'top_up',
      parentId: null,
      childId: 'A',
      amount: 30000,
      currency: 'EUR',
    });
    expect(book(posting, 'reseller')).toEqual({ bank_clearing: 30000, 'wallet:A': -30000 });
    expect(book(posting, 'agency:A')).toEqual({ 'payable:reseller': 30000, bank_clearing: -30000 });
  });
});
