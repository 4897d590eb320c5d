import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priceOffer } from '../pricing/price-offer.ts';
import { exampleA, exampleI } from '../pricing/testing.ts';
import { buildCardSale } from './card-sale.ts';
import { buildDisputeChange, type DisputeStanding } from './dispute.ts';
import { assertBalanced, reversePosting } from './posting.ts';
import type { Posting } from './posting.ts';
import { buildRefund, planRefund } from './refund.ts';
import type { RefundPolicy } from './refund.ts';
import { buildCommissionAdjustment, buildPayout, buildStatementClose } from './settlement.ts';
import { buildWalletMovement } from './wallet-movement.ts';
import { buildWalletSale } from './wallet-sale.ts';

const SALES = [priceOffer(exampleA()), priceOffer(exampleI())] as const;
const RUNS = Number(process.env.HISTORIES ?? 10_000);

/** The books as PostgreSQL keeps them: once per source and key, and a balance for each account. */
function openBooks() {
  const posted = new Map<string, Posting>();
  const balances = new Map<string, number>();
  return {
    posted,
    balances,
    post(posting: Posting): void {
      const id = `${posting.source}/${posting.key}`;
      if (posted.has(id)) return;
      assertBalanced(posting);
      posted.set(id, posting);
      for (const { book, account, amount } of posting.entries) {
        const name = `${book} ${account}`;
        balances.set(name, (balances.get(name) ?? 0) + amount);
      }
    },
  };
}

const minor = fc.integer({ min: -50_000, max: 50_000 }).filter((amount) => amount !== 0);
const policy = fc.constantFrom<RefundPolicy>('keep', 'proportional', 'full');
const method = fc.constantFrom('card' as const, 'wallet' as const);
/** A step, and how often its message is delivered. */
const step = fc.tuple(
  fc.oneof(
    fc.record({ kind: fc.constant('sale' as const), sale: fc.nat(1), method }),
    fc.record({
      kind: fc.constant('refund' as const),
      of: fc.nat(20),
      shareBp: fc.integer({ min: 0, max: 10_000 }),
      policy,
    }),
    fc.record({ kind: fc.constant('top_up' as const), amount: minor }),
    fc.record({ kind: fc.constant('memo' as const), amount: minor }),
    fc.record({ kind: fc.constant('close' as const), card: minor, wallet: minor, reserve: fc.nat(9000) }),
    fc.record({
      kind: fc.constant('dispute' as const),
      amount: fc.integer({ min: 2000, max: 50_000 }),
      fee: fc.nat(2000),
      clawedBack: fc.nat(2000),
      outcome: fc.constantFrom('won' as const, 'lost' as const),
      // Which of its states were told: opened, withdrawn, decided, reinstated.
      told: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
    }),
    fc.record({ kind: fc.constant('payout' as const), amount: fc.nat(90_000), returned: fc.boolean() }),
  ),
  fc.integer({ min: 1, max: 3 }),
);
type Step = typeof step extends fc.Arbitrary<[infer S, number]> ? S : never;
interface Sold {
  sale: number;
  method: 'card' | 'wallet';
}

function postingsOf(one: Step, at: number, sold: Sold[]): Posting[] {
  const key = `k${at}`;
  const common = { agencyId: 'A', currency: 'EUR' };
  if (one.kind === 'sale') {
    sold.push(one);
    const sale = SALES[one.sale] ?? SALES[0];
    return [one.method === 'card' ? buildCardSale(sale, key) : buildWalletSale(sale, key)];
  }
  if (one.kind === 'refund') {
    const target = sold[one.of % Math.max(1, sold.length)];
    if (!target) return [];
    const sale = SALES[target.sale] ?? SALES[0];
    const terms = { policy: one.policy };
    const plan = planRefund({
      sale,
      supplierRefund: Math.floor((sale.net.total * one.shareBp) / 10_000),
      platform: one.policy === 'keep' ? 'keep' : 'proportional',
      reseller: terms,
      agencies: { A: terms, B: terms },
    });
    return plan.customer === 0 && plan.supplier === 0 ? [] : [buildRefund(plan, target.method, key)];
  }
  if (one.kind === 'top_up')
    return [
      buildWalletMovement({
        movementId: key,
        kind: 'top_up',
        parentId: null,
        childId: 'A',
        amount: one.amount,
        currency: 'EUR',
      }),
    ];
  if (one.kind === 'memo') return [buildCommissionAdjustment({ ...common, adjustmentId: key, amount: one.amount })];
  if (one.kind === 'close') {
    const figures = { fromCard: one.card, fromWallet: one.wallet, reserve: one.reserve, reserveReleased: 0 };
    return [buildStatementClose({ ...common, statementId: key, ...figures })];
  }
  if (one.kind === 'dispute') {
    const { amount, outcome: phase } = one;
    const open = { phase: 'open', amount, withdrawn: 0, returned: 0 } as const;
    const held: DisputeStanding = { ...open, withdrawn: amount + one.fee };
    const history = [open, held, { ...held, phase }, { ...held, phase, returned: phase === 'won' ? amount : 0 }];
    let before: DisputeStanding | undefined;
    return one.told.flatMap((index) => {
      const after = history[index] ?? open;
      const isEnd = after.phase === 'lost' && before?.phase !== 'lost';
      const clawedBack = new Map(isEnd ? [['A', one.clawedBack]] : []);
      const posting = buildDisputeChange({ disputeId: key, currency: 'EUR', before, after, clawedBack });
      before = after;
      return posting ?? [];
    });
  }
  if (one.amount === 0) return [];
  const payout = { ...common, payoutId: key, amount: one.amount };
  return (one.returned ? (['paid', 'returned'] as const) : (['paid'] as const)).map((direction) =>
    buildPayout({ ...payout, direction }),
  );
}

it(`${RUNS} histories: every book balances at each step, duplicates change nothing, and reversing all leaves zero`, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const books = openBooks();
      const sold: Sold[] = [];
      steps.forEach(([one, times], at) => {
        const postings = postingsOf(one, at, sold);
        for (let i = 0; i < times; i += 1) for (const posting of postings) books.post(posting);
      });
      const sums = new Map<string, number>();
      for (const [name, amount] of books.balances) {
        const book = name.split(' ')[0] ?? '';
        sums.set(book, (sums.get(book) ?? 0) + amount);
      }
      expect([...sums.values()].filter((sum) => sum !== 0)).toEqual([]);
      for (const posting of Array.from(books.posted.values())) {
        books.post(reversePosting(posting));
        books.post(reversePosting(posting));
      }
      expect([...books.balances.values()].filter((balance) => balance !== 0)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
}, 120_000);
