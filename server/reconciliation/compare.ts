import type { TenantSql } from '../kernel/database/sql.ts';
import type { Money } from '../kernel/money.ts';
import { atMid, type ExchangeRate } from '../pricing/index.ts';
import type { ReconciliationPorts } from './ports.ts';
import type { Comparison } from './reconciliation.ts';
import { booksOf, linesOf, orderedItems, type OrderedItem } from './repository.ts';

/** Each booking's net at the payment service beside the books' `psp_clearing`; those neither side knows are left out. */
export async function compareAtService(sql: TenantSql, bookingIds: readonly string[]): Promise<Comparison[]> {
  const [books, lines] = [await booksOf(sql, 'psp_clearing', bookingIds), await linesOf(sql, bookingIds)];
  return bookingIds.flatMap((bookingId) => {
    const ours = books.get(bookingId);
    const theirs = lines.get(bookingId);
    if (!ours && !theirs) return [];
    return {
      key: `booking/${bookingId}`,
      bookingId,
      reference: theirs?.reference ?? null,
      currency: (ours ?? theirs)?.currency ?? '',
      ours: ours?.minor ?? null,
      theirs: theirs?.minor ?? null,
    };
  });
}

/**
 * Each booking's orders beside the books' `supplier_payable`. A cancelled order says nothing of what was returned, so it agrees with
 * books in which a refund stands; with a sale that stands whole it does not. What a supplier cannot answer now is left out.
 */
export async function compareAtSuppliers(
  sql: TenantSql,
  ports: Pick<ReconciliationPorts, 'findOrder'>,
  bookingIds: readonly string[],
): Promise<{ comparisons: Comparison[]; unanswered: number }> {
  const books = await booksOf(sql, 'supplier_payable', bookingIds);
  const items = await orderedItems(sql, { bookingIds });
  const comparisons: Comparison[] = [];
  let unanswered = 0;
  for (const bookingId of bookingIds) {
    const own = items.filter((item) => item.booking_id === bookingId);
    // The payable is a credit: what is owed is its negative.
    const balance = books.get(bookingId);
    const owed = balance ? -balance.minor : null;
    const told = await askOrders(ports, own, { owed, currency: balance?.currency ?? null });
    if (told === undefined) {
      unanswered += 1;
      continue;
    }
    if (owed === null && told.theirs === null) continue;
    comparisons.push({
      key: `booking/${bookingId}`,
      bookingId,
      reference: own[0]?.supplier_order_id ?? null,
      currency: balance?.currency ?? told.currency ?? '',
      ours: owed,
      theirs: told.theirs,
    });
  }
  return { comparisons, unanswered };
}

/**
 * What suppliers say of a booking's orders together, in the books' currency; undefined when one does not answer. An order without an amount,
 * or in a currency the sale has no rate of, agrees with whatever the books say: that there is one is all that can be compared.
 */
async function askOrders(
  ports: Pick<ReconciliationPorts, 'findOrder'>,
  items: readonly OrderedItem[],
  books: { owed: number | null; currency: string | null },
): Promise<{ theirs: number | null; currency: string | null } | undefined> {
  let theirs: number | null = null;
  let currency = books.currency;
  let isTold = true;
  for (const item of items) {
    try {
      const order = await ports.findOrder(item.product, item.supplier, item.supplier_order_id);
      if (!order || order.state === 'cancelled') continue;
      currency ??= item.rate?.to ?? order.total?.currency ?? null;
      const worth = order.total && worthIn(currency, order.total, item.rate);
      isTold &&= worth !== null;
      theirs = (theirs ?? 0) + (worth ?? 0);
    } catch {
      return undefined;
    }
  }
  return { theirs: theirs === null || isTold ? theirs : (books.owed ?? 0), currency };
}

/** An order's total in the books' currency: in another one at the middle of the sale's frozen rate, as the sale was posted. Null without one. */
function worthIn(currency: string | null, total: Money, rate: ExchangeRate | null): number | null {
  if (total.currency === currency) return total.amount;
  return rate && rate.from === total.currency && rate.to === currency ? atMid(total.amount, rate) : null;
}
