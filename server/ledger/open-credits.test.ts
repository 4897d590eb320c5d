import fc from 'fast-check';
import { expect, it } from 'vitest';
import { priceOffer } from '../pricing/price-offer.ts';
import { exampleA, exampleI } from '../pricing/testing.ts';
import { buildCreditNote, clearCredits, creditsPaidBy, type OpenCredit } from './index.ts';
import { buildRefund, planRefund } from './refund.ts';
import { buildCardSale } from './card-sale.ts';
import { buildWalletSale } from './wallet-sale.ts';
import type { Posting } from './posting.ts';

const SALES = [priceOffer(exampleA()), priceOffer(exampleI())] as const;
const terms = { policy: 'proportional' } as const;

/** Who is invoiced what by whom. */
function edgesOf(sale: (typeof SALES)[number], method: 'card' | 'wallet') {
  const agencies = sale.levels.flatMap(({ agencyId, buyPrice }) => (agencyId ? [{ agencyId, buyPrice }] : []));
  const customer = { billedAgencyId: null, paid: sale.customerTotal };
  if (method === 'card') return [{ issuerAgencyId: null, ...customer }];
  return [
    ...agencies.map(({ agencyId, buyPrice }, i) => ({
      issuerAgencyId: agencies[i - 1]?.agencyId ?? null,
      billedAgencyId: agencyId,
      paid: buyPrice,
    })),
    { issuerAgencyId: agencies.at(-1)?.agencyId ?? null, ...customer },
  ];
}

/** A sale with credit notes by hand and refunds, as the program makes them. */
function history(
  at: number,
  method: 'card' | 'wallet',
  steps: readonly { refund: boolean; edge: number; bp: number }[],
) {
  const sale = SALES[at] ?? SALES[0];
  const edges = edgesOf(sale, method).map((edge) => ({ ...edge, open: 0, noted: 0, back: 0 }));
  const postings: Posting[] = [method === 'card' ? buildCardSale(sale, 'x') : buildWalletSale(sale, 'x')];
  let refunded = 0;
  steps.forEach(({ refund, edge: chosen, bp }, i) => {
    if (!refund) {
      const edge = edges[chosen % edges.length] ?? edges[0]!;
      const amount = Math.floor(((edge.paid - edge.noted) * bp) / 10_000);
      if (amount === 0) return;
      edge.open += amount;
      edge.noted += amount;
      postings.push(buildCreditNote({ ...edge, key: `c${i}`, currency: 'EUR', net: amount, tax: 0 }));
      return;
    }
    const supplierRefund = Math.floor(((sale.net.total - refunded) * bp) / 10_000);
    const plan = planRefund({
      sale,
      supplierRefund,
      supplierRefundedBefore: refunded,
      platform: 'proportional',
      reseller: terms,
      agencies: { A: terms, B: terms },
    });
    refunded += supplierRefund;
    if (plan.customer === 0 && plan.supplier === 0) return;
    const open: OpenCredit[] = edges.map(({ open: amount, ...edge }) => ({ ...edge, amount }));
    const paid = creditsPaidBy(plan, method, open);
    postings.push(clearCredits(buildRefund(plan, method, `r${i}`), paid));
    for (const edge of edges) {
      const covered = paid.find((one) => one.billedAgencyId === edge.billedAgencyId)?.amount ?? 0;
      const back =
        edge.billedAgencyId === null
          ? plan.customer
          : (plan.agencies.find(({ agencyId }) => agencyId === edge.billedAgencyId)?.fromParent ?? 0);
      edge.open -= covered;
      edge.back += back;
      edge.noted += back - covered;
    }
  });
  const balances = new Map<string, number>();
  for (const { book, account, amount } of postings.flatMap(({ entries }) => entries))
    balances.set(`${book} ${account}`, (balances.get(`${book} ${account}`) ?? 0) + amount);
  return { edges, balances };
}

const steps = fc.array(
  fc.record({
    refund: fc.boolean(),
    edge: fc.nat(5),
    bp: fc.oneof(fc.constant(10_000), fc.integer({ min: 0, max: 10_000 })),
  }),
  { maxLength: 6 },
);
const method = fc.constantFrom('card' as const, 'wallet' as const);
const openOf = (balances: ReadonlyMap<string, number>) =>
  [...balances].filter(([name, amount]) => /customer_credit|supplier_credit/.test(name) && amount !== 0);

it('after credit notes by hand and refunds in any order, no edge gets back or is credited more than it paid', () => {
  fc.assert(
    fc.property(fc.nat(1), method, steps, (sale, paidBy, all) => {
      const { edges, balances } = history(sale, paidBy, all);
      for (const { paid, open, noted, back } of edges) {
        expect(back + open).toBeLessThanOrEqual(paid);
        expect(noted).toBe(back + open);
      }
      const promised = openOf(balances).filter(([name]) => name.includes('customer_credit'));
      expect(promised.reduce((sum, [, amount]) => sum - amount, 0)).toBe(
        edges.reduce((sum, { open }) => sum + open, 0),
      );
    }),
    { numRuns: 500 },
  );
});

it('a full refund pays every promise made before it, and leaves nothing in any book', () => {
  fc.assert(
    fc.property(fc.nat(1), method, steps, (sale, paidBy, all) => {
      const { edges, balances } = history(sale, paidBy, [
        ...all.filter(({ refund }) => !refund),
        { refund: true, edge: 0, bp: 10_000 },
      ]);
      expect(edges.map(({ paid, back, noted, open }) => [back, noted, open, paid])).toEqual(
        edges.map(({ paid }) => [paid, paid, 0, paid]),
      );
      expect([...balances.values()].filter((amount) => amount !== 0)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
