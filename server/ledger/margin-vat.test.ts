import { describe, expect, it } from 'vitest';
import { marginTax } from '../tax/index.ts';
import { exampleAOf } from './testing.ts';
import { buildMarginVat, type TripFigures } from './margin-vat.ts';
import { agencyBook, buildCardSale, buildRefund, buildWalletSale, planRefund, type Posting } from './index.ts';

const agency = (id: string, name: string) => ({ id, path: `/${id}/`, name, parentId: null, depth: 1 });
const sale = exampleAOf(agency('a', 'A'), agency('b', 'B'));
const spanish = (_: string | null, trip: { total: number; cost: number }) => marginTax({ ...trip, insideBp: 2100 }).vat;
const none: ReadonlyMap<string, TripFigures> = new Map();

const vatIn = (posting: Posting | undefined) =>
  Object.fromEntries(
    (posting?.entries ?? [])
      .filter((entry) => entry.account === 'vat_payable')
      .map((entry) => [entry.book, -entry.amount]),
  );
const amountOf = (posting: Posting | undefined, book: string, account: string) =>
  (posting?.entries ?? [])
    .filter((entry) => entry.book === book && entry.account === account)
    .map((entry) => entry.amount);

describe('buildMarginVat', () => {
  it('example F: the reseller who took 23970 by card and paid 20000 owes 689, beside a sale that stays as it is', () => {
    const posting = buildMarginVat(buildCardSale(sale, 'x'), none, spanish);
    expect(vatIn(posting)).toEqual({ reseller: 689 });
    expect(posting).toMatchObject({ key: 'x/sale/margin-vat', kind: 'margin_vat' });
    expect(amountOf(posting, 'reseller', 'margin')).toEqual([]);
    expect(amountOf(posting, 'reseller', 'margin_vat')).toEqual([689]);
  });

  it('from wallets every level owes it on its own margin: 3000, 500 and 470', () => {
    expect(vatIn(buildMarginVat(buildWalletSale(sale, 'x'), none, spanish))).toEqual({
      reseller: 521,
      [agencyBook('a')]: 87,
      [agencyBook('b')]: 82,
    });
  });

  it('a refund gives back the difference: 60 % of example A leaves VAT on what is left', () => {
    const plan = planRefund({
      sale,
      supplierRefund: 12000,
      reseller: { policy: 'proportional' },
      platform: 'proportional',
      agencies: { a: { policy: 'proportional' }, b: { policy: 'proportional' } },
    });
    const before = new Map([['reseller', { total: 23970, cost: 20000, vat: 689 }]]);
    const posting = buildMarginVat(buildRefund(plan, 'card', 'r'), before, spanish);
    // 9588 taken and 8000 paid are left: 1588 × 21/121 = 275.6 → 276.
    expect(vatIn(posting)).toEqual({ reseller: 276 - 689 });
  });

  it('a full refund leaves no VAT, whatever the market moved meanwhile', () => {
    const foreign = { ...sale, fx: { net: { total: 3_000_000, currency: 'JPY' }, earningMinor: 300 } };
    const posting = buildCardSale(foreign, 'x');
    const vat = vatIn(buildMarginVat(posting, none, spanish)).reseller ?? 0;
    const terms = { policy: 'full' } as const;
    const plan = planRefund({
      sale: foreign,
      supplierRefund: 3_000_000,
      reseller: terms,
      platform: 'proportional',
      agencies: { a: terms, b: terms },
    });
    const before = new Map([['reseller', { total: 23970, cost: 19700, vat }]]);
    for (const market of [21_000, 18_000])
      expect(vatIn(buildMarginVat(buildRefund(plan, 'card', 'r', market), before, spanish))).toEqual({
        reseller: -vat,
      });
  });

  it('reckons nothing where no rate is known, and nothing on a loss', () => {
    expect(vatIn(buildMarginVat(buildCardSale(sale, 'x'), none, () => null))).toEqual({});
    const loss = { ...sale, net: { total: 25000 }, resellerMargin: sale.resellerMargin - 5000 };
    expect(vatIn(buildMarginVat(buildCardSale(loss, 'x'), none, spanish))).toEqual({});
  });
});
