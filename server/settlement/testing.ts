import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { proposeAdjustment, recordCommissions, releaseDueCommissions } from '../commissions/index.ts';
import { buildCardSale, buildWalletSale, postTransaction } from '../ledger/index.ts';
import { actorOf, addBooking, exampleAOf } from '../ledger/testing.ts';
import type { TestAgency } from '../ledger/testing.ts';

/** Worked example A sold and travelled: A is owed 1070 by card, or 570 by wallet; B 1800 or 1330. */
export async function sellExample(
  database: Database,
  made: { tenant: TenantRef; sql: TenantSql; brand: { id: string } },
  given: { a: TestAgency; b: TestAgency; method: 'card' | 'wallet'; travelEndAt: string; at: Date },
): Promise<{ id: string; reference: string }> {
  const { a, b, method, travelEndAt, at } = given;
  const booking = await addBooking(made.sql, { brandId: made.brand.id, agency: b, method });
  const buildUp = exampleAOf(a, b);
  await database.withTenant(made.tenant, async (sql) => {
    const posting = method === 'card' ? buildCardSale(buildUp, booking.id) : buildWalletSale(buildUp, booking.id);
    await postTransaction(sql, posting, { bookingId: booking.id, occurredAt: at, description: 'Sale' });
    await recordCommissions(sql, { bookingId: booking.id, method, buildUp, dates: { travelEndAt } });
  });
  return booking;
}

/** Credits or debits an agency at an instant, by one person. */
export const memo = (
  database: Database,
  tenant: TenantRef,
  given: { agencyId: string; amount: number; now: Date; currency?: string },
) =>
  database.withTenant(tenant, (sql) =>
    proposeAdjustment(sql, actorOf(null), {
      id: newId(),
      input: {
        agencyId: given.agencyId,
        amount: { amount: given.amount, currency: given.currency ?? 'EUR' },
        reason: 'Goodwill',
      },
      currency: given.currency ?? 'EUR',
      limitMinor: Number.MAX_SAFE_INTEGER,
      now: given.now,
    }),
  );

/** Balance of an account of the reseller's book; debit positive. */
export async function balanceOf(sql: TenantSql, code: string, agencyId: string | null = null): Promise<number> {
  const row = await sql.one<{ balance_minor: number }>(
    q('ledger_balances as l')
      .join('ledger_accounts as c', 'c.id', 'l.account_id')
      .join('ledger_books as b', 'b.id', 'c.book_id')
      .whereRaw('b.agency_id is not distinct from ?', [agencyId])
      .where('c.code', code)
      .select('l.balance_minor'),
  );
  return row?.balance_minor ?? 0;
}

/** Releases what is due. */
export const release = (database: Database, tenant: TenantRef, now: Date): Promise<number> =>
  releaseDueCommissions((work) => database.withTenant(tenant, work), now);
