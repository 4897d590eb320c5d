import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { fullNumber, seriesOf } from './invoice.ts';
import type { InvoiceDraft } from './invoice.ts';
import { findByKey, insertNumbered, issuedAtOf, lockSeries } from './repository.ts';
import type { InvoiceRow } from './repository.ts';
import { totalsOf } from './tax-totals.ts';

/**
 * Issues an invoice in the caller's transaction: the number is taken there, so that a rollback gives it back and the series has no gap.
 * Once per key. The series is locked until that transaction ends; dates never decrease within it. Years are those of UTC.
 */
export async function issueInvoice(sql: TenantSql, draft: InvoiceDraft, now: Date): Promise<InvoiceRow> {
  const series = seriesOf(draft.kind, draft.issuerAgencyId);
  const year = now.getUTCFullYear();
  const number = await lockSeries(sql, series, year);
  const before = await findByKey(sql, draft.key);
  if (before) return before;

  const last = number > 1 ? await issuedAtOf(sql, series, year, number - 1) : undefined;
  const issuedAt = last && last > now ? last : now;
  const id = newId();
  await insertNumbered(sql, {
    ...draft,
    id,
    series,
    year,
    number,
    fullNumber: fullNumber(series, year, number),
    totalMinor: totalsOf(draft.lines).total,
    issuedAt,
  });
  await emitEvent(sql, {
    kind: draft.kind === 'credit_note' ? 'invoice.credited@1' : 'invoice.issued@1',
    payload: { invoiceId: id, bookingId: draft.bookingId },
  });
  const issued = await findByKey(sql, draft.key);
  if (!issued) throw new Error(`Invoice ${draft.key} was not written`);
  return issued;
}
