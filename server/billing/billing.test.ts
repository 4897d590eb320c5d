import { afterAll, beforeAll, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { withOwner } from '../kernel/database/owner.ts';
import { buildApplicationFee, buildCardSale, postTransaction, verifyLedger } from '../ledger/index.ts';
import { addAgency, addBooking, exampleAOf } from '../ledger/testing.ts';
import { findTenantById } from '../tenancy/index.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { billTenant, listPlatformInvoices, payInvoice } from './index.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '10' });
  await world.database.platform.run(
    q('platform.plans').where({ code: 'standard' }).update({ monthly_minor: 9900, monthly_currency: 'EUR' }),
  );
});
afterAll(() => world.close());

const now = new Date('2026-12-02T08:00:00Z');
const october = new Date('2026-10-31T23:59:59.999Z');
const november = new Date('2026-11-01T00:00:00Z');

async function reseller(began = '2026-10-05') {
  const made = await world.createTenant();
  await withOwner(world.config.DATABASE_URL, (owner) =>
    owner.query('update platform.tenants set created_at = $1 where id = $2', [began, made.tenant.id]),
  );
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  /** A sale whose fee is 200. */
  const sell = async (occurredAt: Date) => {
    const { id } = await addBooking(made.sql, { brandId: made.brand.id });
    await world.database.withTenant(made.tenant, (sql) =>
      postTransaction(sql, buildCardSale(exampleAOf(a, b), id), { bookingId: id, occurredAt, description: 'Sale' }),
    );
    return id;
  };
  const bill = (month: string) => billTenant(world.database, made.tenant, month, now);
  const balance = async (code: string) =>
    (
      await made.sql.one<{ balance_minor: number }>(
        q('ledger_accounts as a')
          .join('ledger_balances as l', 'l.account_id', 'a.id')
          .where({ code })
          .select('balance_minor'),
      )
    )?.balance_minor;
  return { ...made, sell, bill, balance };
}

it('a month is the plan’s fee and its sales’ fees less what was taken, to the cent, once, and posted', async () => {
  const { tenant, sql, sell, bill, balance } = await reseller();
  await sell(october);
  await sell(october);
  const id = await sell(november);
  const fee = buildApplicationFee({ key: id, amount: 200, currency: 'EUR', direction: 'taken' });
  await world.database.withTenant(tenant, (tx) =>
    postTransaction(tx, fee, { occurredAt: november, description: 'Fee' }),
  );
  const runs = await Promise.all([bill('2026-10'), bill('2026-10'), bill('2026-10')]);
  expect(new Set(runs.map(({ number }) => number)).size).toBe(1);
  expect(runs[0]).toMatchObject({ monthly_minor: 9900, fees_minor: 400, taken_minor: 0, total_minor: 10300 });
  // Posted late into October: it stands on the next invoice, and nothing is lost.
  await sell(october);
  expect(await bill('2026-11')).toMatchObject({ fees_minor: 400, taken_minor: 200, total_minor: 10100 });
  expect((await bill('2026-10')).total_minor).toBe(10300);
  expect([await balance('platform_payable'), await balance('platform_invoice_payable')]).toEqual([0, -20400]);

  const pay = () =>
    payInvoice(world.database, (one) => findTenantById(world.database.platform, one), {
      number: runs[0].number,
      reference: 'Transfer 7',
      now,
    });
  expect((await pay()).payment_reference).toBe('Transfer 7');
  await pay();
  expect([await balance('platform_invoice_payable'), await balance('bank_clearing')]).toEqual([-10100, -10300]);
  expect((await verifyLedger(sql)).imbalances).toEqual([]);
  await withOwner(world.config.DATABASE_URL, async (owner) => {
    await expect(owner.query('update platform.platform_invoices set total_minor = 1')).rejects.toThrow(/never change/);
  });
});

it('numbers have no hole over tenants billed at once, and only months that are over are billed, in order', async () => {
  const resellers = await Promise.all([reseller('2026-11-30'), reseller('2026-11-01'), reseller('2026-11-15')]);
  await Promise.all(resellers.flatMap(({ bill }) => [bill('2026-11'), bill('2026-11')]));
  const all = await listPlatformInvoices(world.database.platform, {});
  const numbers = all.map(({ number }) => Number(number.slice(-6))).toSorted((x, y) => x - y);
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
  const { bill } = resellers[0];
  await expect(bill('2026-12')).rejects.toMatchObject({ code: 'billing.month_not_over' });
  await expect(bill('2026-13')).rejects.toMatchObject({ code: 'billing.month_not_over' });
  await expect(bill('2026-10')).rejects.toMatchObject({ code: 'billing.later_month_billed' });
});

it('no month is left out: closing the one after it names the one to close first, and nothing is numbered', async () => {
  const { bill } = await reseller();
  await expect(bill('2026-11')).rejects.toMatchObject({
    code: 'billing.earlier_month_open',
    message: expect.stringContaining('--month 2026-10'),
  });
  expect((await bill('2026-10')).monthly_minor).toBe(9900);
  expect((await bill('2026-11')).monthly_minor).toBe(9900);
});

it('a plan in another currency is charged to nobody, and a month of nothing is invoiced and paid without a posting', async () => {
  const { tenant, bill, balance } = await reseller();
  const plan = (change: object) =>
    world.database.platform.run(q('platform.plans').where({ code: 'standard' }).update(change));
  await plan({ monthly_currency: 'GBP' });
  await expect(bill('2026-10')).rejects.toMatchObject({ code: 'billing.plan_currency_differs' });
  await plan({ monthly_currency: 'EUR', monthly_minor: 0 });
  const invoice = await bill('2026-10');
  await payInvoice(world.database, () => Promise.resolve(tenant), { number: invoice.number, reference: 'None', now });
  expect([invoice.total_minor, await balance('platform_invoice_payable')]).toEqual([0, undefined]);
  await plan({ monthly_minor: 9900 });
});
