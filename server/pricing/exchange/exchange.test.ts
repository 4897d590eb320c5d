import { describe, expect, it } from 'vitest';
import { buildCardSale, buildRefund, planRefund } from '../../ledger/index.ts';
import { priceOffer } from '../price-offer.ts';
import { exampleK } from '../testing.ts';
import { exchangeAmount, exchangeNet, type ExchangeTable } from './exchange-table.ts';
import { crossRates, readRateFeed } from './read-feed.ts';
import { readRatesCsv } from './read-rates-csv.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const YEN = { mid: '0.006125', source: 'ECB', at: '2026-11-23T15:00:00Z' };
const table: ExchangeTable = { to: 'EUR', spreadBp: 150, maxAgeHours: 24, rates: { JPY: YEN } };
const yen = (total: number, taxes = 0) => ({ base: total - taxes, taxes, total, currency: 'JPY' });

describe('exchangeNet', () => {
  it('example E: 45000 yen are 279.76 euros, 4.13 of them earned on the exchange, frozen with source and time', () => {
    expect(exchangeNet(yen(45000, 4091), table, NOW)).toEqual({
      ok: true,
      net: { base: 25433, taxes: 2543, total: 27976, currency: 'EUR' },
      fx: { rate: { from: 'JPY', to: 'EUR', spreadBp: 150, ...YEN }, net: yen(45000, 4091), earningMinor: 413 },
    });
  });

  it('leaves the selling currency alone, and never guesses where there is no rate or an old one', () => {
    const euros = { base: 1, taxes: 2, total: 3, currency: 'EUR' };
    expect(exchangeNet(euros, table, NOW)).toEqual({ ok: true, net: euros });
    expect(exchangeNet({ ...yen(1), currency: 'GBP' }, table, NOW)).toEqual({ ok: false, reason: 'no_rate' });
    // To the millisecond: a day after it was taken the rate still sells, then no more.
    const end = Date.parse(YEN.at) + 24 * 3_600_000;
    expect(exchangeNet(yen(1), table, end).ok).toBe(true);
    expect(exchangeNet(yen(1), table, end + 1)).toEqual({ ok: false, reason: 'stale_rate' });
    expect(exchangeAmount({ amount: 54000, currency: 'JPY' }, table, NOW)).toBe(33571);
  });
});

/** Example K's chain over example E's net. */
function yenSale() {
  const exchanged = exchangeNet(yen(45000), table, NOW);
  if (!exchanged.ok || !exchanged.fx) throw new Error('There is a rate');
  const { parity: _parity, ...rest } = exampleK('closed_group');
  return priceOffer({ ...rest, net: exchanged.net, fx: exchanged.fx });
}
const accounts = ({ entries }: { entries: readonly { book: string; account: string; amount: number }[] }) =>
  Object.fromEntries(entries.filter(({ book }) => book === 'reseller').map(({ account, amount }) => [account, amount]));

describe('the ledger of a sale in another currency', () => {
  it('owes the supplier the middle rate and keeps what the spread earned apart from the margin', () => {
    const sale = yenSale();
    expect([sale.customerTotal, sale.resellerMargin]).toEqual([32313, 1399 - sale.levels[1]!.commission]);
    expect(accounts(buildCardSale(sale, 'b'))).toMatchObject({
      psp_clearing: 32313,
      supplier_payable: -27563,
      fx_earnings: -413,
    });
  });

  it('refunds at the booked rate; what the market moved is nobody’s markup', () => {
    const sale = yenSale();
    const terms = {
      platform: 'proportional' as const,
      reseller: { policy: 'proportional' as const },
      agencies: { A: { policy: 'proportional' as const } },
    };
    const plan = planRefund({ sale, supplierRefund: 45000, ...terms });
    expect(plan).toMatchObject({
      customer: 32313,
      supplier: 27563,
      fxEarning: 413,
      foreign: { amount: 45000, currency: 'JPY' },
    });
    // The yen rose: what comes back is worth 285.75.
    expect(accounts(buildRefund(plan, 'card', 'r', 28575))).toMatchObject({
      supplier_payable: 28575,
      fx_gain_loss: -1012,
      fx_earnings: 413,
      psp_clearing: -32313,
    });
    expect(accounts(buildRefund(plan, 'card', 'r'))['fx_gain_loss']).toBeUndefined();
    // Half and half of it again is the whole, to the cent.
    const half = planRefund({ sale, supplierRefund: 22500, ...terms });
    const rest = planRefund({ sale, supplierRefund: 22500, supplierRefundedBefore: 22500, ...terms });
    expect(half.customer + rest.customer).toBe(32313);
    expect(half.supplier + rest.supplier + half.fxEarning + rest.fxEarning).toBe(27976);
    expect(() => planRefund({ sale, supplierRefund: 45001, ...terms })).toThrow(/45000/);
  });
});

describe('the daily rates', () => {
  const xml = `<gesmes:Envelope><Cube><Cube time='2026-11-24'><Cube currency='JPY' rate='163.2653'/>
    <Cube currency='GBP' rate="0.8625"/><Cube currency='XXX' rate='2'/></Cube></Cube></gesmes:Envelope>`;

  it('are turned into the selling currency exactly, to twelve decimals', () => {
    const feed = readRateFeed(xml);
    expect([feed.source, feed.at]).toEqual(['ECB', '2026-11-24T13:15:00Z']);
    expect([...crossRates(feed, 'EUR')]).toEqual([
      ['JPY', '0.00612500023'],
      ['GBP', '1.159420289855'],
    ]);
    expect(crossRates(feed, 'GBP').get('EUR')).toBe('0.8625');
    expect(crossRates(feed, 'USD').size).toBe(0);
  });

  it('are refused when the page is something else', () => {
    expect(() => readRateFeed('<html>Moved</html>')).toThrow(/no day/);
    expect(() => readRateFeed("<Cube time='2026-11-24'></Cube>")).toThrow(/no rate/);
  });
});

describe('a file of rates', () => {
  const read = (csv: string) => readRatesCsv(csv, { sellingCurrency: 'EUR', now: new Date(NOW) });

  it('keeps each decimal as it was written, a decimal comma too', () => {
    expect(read('currency,mid,source,at\r\njpy,0.006125,Bank,2026-11-23\r\n').rates).toEqual([
      { currency: 'JPY', mid: '0.006125', source: 'Bank', quotedAt: new Date('2026-11-23T00:00:00Z') },
    ]);
    expect(read('currency;mid\nGBP;1,16').rates).toMatchObject([
      { mid: '1.16', source: 'CSV', quotedAt: new Date(NOW) },
    ]);
  });

  it('names every fault by line and column', () => {
    const faults = read('currency,mid,at\nEUR,1,\nABC,0,\nJPY,1e3,2027-01-01\nGBP,1,x').faults;
    expect(faults.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 'currency', 'own_currency'],
      [3, 'currency', 'unknown_currency'],
      [3, 'mid', 'invalid_number'],
      [4, 'mid', 'invalid_number'],
      [4, 'at', 'in_future'],
      [5, 'at', 'invalid_instant'],
    ]);
    expect(read('a,b\n1,2').faults).toMatchObject([{ code: 'missing_column' }]);
  });
});
