import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordCommissions } from '../commissions/index.ts';
import { q } from '../kernel/database/builder.ts';
import { issueSaleInvoices } from '../invoicing/index.ts';
import { buildWalletSale, postTransaction, verifyLedger, walletEdgesOf } from '../ledger/index.ts';
import { addAgency, addBooking, exampleAOf } from '../ledger/testing.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { adjust, captureHolds, ensureWallet, holdForBooking } from './index.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '10' });
});
afterAll(() => world.close());

const now = new Date('2026-11-23T12:00:00.000Z');
const SALES = 20;

it('twenty sales at once move wallets, ledger, commissions and invoices together, without a deadlock or a lost cent', async () => {
  const { tenant, brand, sql } = await world.createTenant();
  const a = await addAgency(sql, 'Agency A');
  const b = await addAgency(sql, 'Agency B', a);
  const sale = exampleAOf(a, b);
  const edges = walletEdgesOf(sale).map((edge) => ({ agencyId: edge.childId, amountMinor: edge.amount }));
  for (const { agencyId, amountMinor } of edges) {
    await ensureWallet(sql, agencyId, 'EUR');
    const change = {
      agencyId,
      amountMinor: SALES * amountMinor,
      kind: 'top_up' as const,
      reason: 'Transfer',
      key: 'fund',
      actorId: null,
      occurredAt: now,
    };
    await world.database.withTenant(tenant, (tx) => adjust(tx, change));
  }

  const sellOne = async () => {
    const booking = await addBooking(sql, { brandId: brand.id, agency: b, method: 'wallet' });
    await world.database.withTenant(tenant, (tx) =>
      holdForBooking(tx, { bookingId: booking.id, currency: 'EUR', edges }),
    );
    await world.database.withTenant(tenant, async (tx) => {
      await captureHolds(tx, booking.id);
      await postTransaction(tx, buildWalletSale(sale, booking.id), {
        bookingId: booking.id,
        occurredAt: now,
        description: `Sale ${booking.reference}`,
      });
      await recordCommissions(tx, {
        bookingId: booking.id,
        buildUp: sale,
        dates: { travelEndAt: '2026-12-05T20:00:00.000Z' },
      });
      await issueSaleInvoices(tx, {
        booking: { id: booking.id, brandId: brand.id, locale: 'en' },
        method: 'wallet',
        buildUp: sale,
        customer: { name: 'Ana Prieto', email: null },
        description: 'Flight Madrid – London',
        quantity: 1,
        now,
      });
    });
  };
  await Promise.all(Array.from({ length: SALES }, sellOne));

  const wallets = await sql.all<{ balance_minor: number; held_minor: number }>(
    q('wallets').select('balance_minor', 'held_minor'),
  );
  expect(wallets).toEqual([
    { balance_minor: 0, held_minor: 0 },
    { balance_minor: 0, held_minor: 0 },
  ]);
  expect(await verifyLedger(sql)).toEqual({ transactions: SALES + 2, imbalances: [] });
  const series = await sql.all<{ numbers: number[] }>(
    q('invoices').groupBy('series').select(q.raw('array_agg(number order by number) as numbers')),
  );
  expect(series.map(({ numbers }) => numbers)).toEqual(
    Array.from({ length: 3 }, () => Array.from({ length: SALES }, (_, i) => i + 1)),
  );
  expect(await sql.one(q('commissions').select(q.raw('sum(amount_minor)::bigint as total')))).toEqual({
    total: SALES * 1900,
  });
});
