import { authorize } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { BooksDoNotHold, MonthAlreadyClosed, MonthNotEnded, NotTheLastMonth } from './errors.ts';
import { lockChain } from './repository.ts';

export interface ClosedMonth {
  /** `2026-11`. */
  month: string;
  sequence: number;
  hash: string;
  closed_at: Date;
}

const OWN = { agencyId: null };

/** Closed months, the last first. Those that were passed over are closed too and not among them. */
export const listClosedMonths = (sql: TenantSql): Promise<ClosedMonth[]> =>
  sql.all<ClosedMonth>(
    q('ledger_months')
      .orderBy('month', 'desc')
      .limit(120)
      .select(q.raw(`to_char(month, 'YYYY-MM') as month`), 'sequence', 'hash', 'closed_at'),
  );

/**
 * Closes a month and all before it, in the caller's transaction: nothing is posted into them any more.
 * @throws Forbidden, MonthNotEnded, MonthAlreadyClosed, BooksDoNotHold
 */
export async function closeMonth(
  sql: TenantSql,
  actor: Actor,
  { month, now }: { month: string; now: Date },
  audit: AuditPen = noAudit,
): Promise<void> {
  authorize(actor, 'update', 'Ledger', OWN);
  if (month >= now.toISOString().slice(0, 7)) throw MonthNotEnded({ month });
  const chain = await lockChain(sql);
  const [last] = await listClosedMonths(sql);
  if (last && month <= last.month) throw MonthAlreadyClosed({ month });
  const unbalanced = await sql.one(
    q('ledger_balances as l')
      .join('ledger_accounts as a', 'a.id', 'l.account_id')
      .groupBy('a.book_id', 'a.currency')
      .havingRaw('sum(l.balance_minor) <> 0')
      .select('a.book_id'),
  );
  if (unbalanced) throw BooksDoNotHold();
  await sql.run(
    q('ledger_months').insert({
      month: `${month}-01`,
      sequence: chain.sequence,
      hash: chain.hash,
      closed_at: now,
      closed_by: actor.id,
    }),
  );
  audit.note({ subject: { label: month }, after: { closed: true }, details: { sequence: chain.sequence } });
}

/** Opens the last closed month again, in the caller's transaction. @throws Forbidden, NotTheLastMonth */
export async function reopenMonth(
  sql: TenantSql,
  actor: Actor,
  { month }: { month: string },
  audit: AuditPen = noAudit,
): Promise<void> {
  authorize(actor, 'update', 'Ledger', OWN);
  await lockChain(sql);
  const [last] = await listClosedMonths(sql);
  if (last?.month !== month) throw NotTheLastMonth({ last: last?.month ?? null });
  await sql.run(
    q('ledger_months')
      .where({ month: `${month}-01` })
      .delete(),
  );
  audit.note({ subject: { label: month }, before: { closed: true }, after: { closed: false } });
}
