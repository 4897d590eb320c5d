import type { TenantSql } from '../kernel/database/sql.ts';
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
    const told = await askOrders(ports, own, owed);
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

/** What suppliers say of a booking's orders together; undefined when one does not answer. */
async function askOrders(
  ports: Pick<ReconciliationPorts, 'findOrder'>,
  items: readonly OrderedItem[],
  owed: number | null,
): Promise<{ theirs: number | null; currency: string | null } | undefined> {
  let theirs: number | null = null;
  let currency: string | null = null;
  for (const item of items) {
    try {
      const order = await ports.findOrder(item.product, item.supplier, item.supplier_order_id);
      if (!order || order.state === 'cancelled') continue;
      // An order without an amount agrees with whatever the books say.
      theirs = (theirs ?? 0) + (order.total?.amount ?? owed ?? 0);
      currency = order.total?.currency ?? currency;
    } catch {
      return undefined;
    }
  }
  return { theirs, currency };
}
