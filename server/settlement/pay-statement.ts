import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { buildPayout, postTransaction } from '../ledger/index.ts';
import { markEarnings, moveStatement, openForChange, type StatementChange } from './approve-statement.ts';
import { PaidByTransfer, WrongState } from './errors.ts';
import type { StatementRow } from './repository.ts';
import { statementNumber } from './statement.ts';

/**
 * The key of each statement's next payout: its id, so that it is paid once; after the bank returned one, with the number of the attempt. One
 * statement of SQL for all.
 */
export async function nextPayouts(
  sql: TenantSql,
  statementIds: readonly string[],
): Promise<Map<string, { key: string; attempt: number }>> {
  const rows = await sql.all<{ statement_id: string; attempts: number }>(
    q('payouts')
      .whereIn('statement_id', [...statementIds])
      .groupBy('statement_id')
      .select('statement_id', q.raw('count(*)::int as attempts')),
  );
  const made = new Map(rows.map((row) => [row.statement_id, row.attempts]));
  return new Map(
    statementIds.map((id) => {
      const attempt = (made.get(id) ?? 0) + 1;
      return [id, { key: attempt === 1 ? id : `${id}/${attempt}`, attempt }];
    }),
  );
}

interface LivePayout {
  id: string;
  state: 'sent' | 'paid';
  method: 'sepa' | 'manual' | 'stripe';
}

const findLive = (sql: TenantSql, statementId: string): Promise<LivePayout | undefined> =>
  sql.one<LivePayout>(
    q('payouts').where({ statement_id: statementId }).whereNot({ state: 'returned' }).select('id', 'state', 'method'),
  );

const ledgerOf = (payoutId: string, statement: StatementRow, direction: 'paid' | 'returned') =>
  buildPayout({
    payoutId,
    agencyId: statement.agency_id,
    amount: statement.payout_minor,
    currency: statement.currency,
    direction,
  });

/**
 * Marks an approved statement as paid, in the caller's transaction: the payout that was sent, or one made by hand now. Posts it.
 * @throws NotFound, Forbidden, WrongState, PaidByTransfer
 */
export async function markPaid(
  sql: TenantSql,
  actor: Actor,
  { id, now, reference }: StatementChange & { reference?: string | undefined },
  audit: AuditPen = noAudit,
): Promise<void> {
  const statement = await openForChange(sql, actor, { id, action: 'update', to: 'paid' });
  if (statement.state !== 'approved')
    throw WrongState({ number: statementNumber(statement.number), state: statement.state, wanted: 'paid' });
  const live = await findLive(sql, id);
  if (live?.method === 'stripe') throw PaidByTransfer({ number: statementNumber(statement.number) });
  const payoutId = live?.id ?? newId();
  const columns = { state: 'paid', paid_at: now, ...(reference === undefined ? {} : { reference }) };
  await sql.run(
    live
      ? q('payouts').where({ id: live.id }).update(columns)
      : q('payouts').insert({
          ...columns,
          id: payoutId,
          key: must((await nextPayouts(sql, [id])).get(id), `the next payout of ${id}`).key,
          statement_id: id,
          method: 'manual',
          amount_minor: statement.payout_minor,
          currency: statement.currency,
          sent_at: now,
        }),
  );
  await postTransaction(sql, ledgerOf(payoutId, statement, 'paid'), {
    occurredAt: now,
    description: `Payout of ${statementNumber(statement.number)} to ${statement.agency_name}`,
  });
  await moveStatement(sql, statement, { to: 'paid', now, columns: { paid_at: now, return_reason: null } }, audit);
  await markEarnings(sql, id, 'paid');
}

/**
 * The bank returned the payout, or its file was never executed: the statement is owed again. In the caller's transaction.
 * @throws NotFound, Forbidden, WrongState, PaidByTransfer
 */
export async function markReturned(
  sql: TenantSql,
  actor: Actor,
  { id, now, reason }: StatementChange & { reason: string },
  audit: AuditPen = noAudit,
): Promise<void> {
  const statement = await openForChange(sql, actor, { id, action: 'update', to: 'returned' });
  const live = await findLive(sql, id);
  // Nothing was sent: it comes to nothing, or was only approved.
  if (!live)
    throw WrongState({ number: statementNumber(statement.number), state: statement.state, wanted: 'returned' });
  if (live.method === 'stripe') throw PaidByTransfer({ number: statementNumber(statement.number) });
  await sql.run(
    q('payouts').where({ id: live.id }).update({ state: 'returned', returned_at: now, return_reason: reason }),
  );
  if (live.state === 'paid')
    await postTransaction(sql, ledgerOf(live.id, statement, 'returned'), {
      occurredAt: now,
      description: `Payout of ${statementNumber(statement.number)} to ${statement.agency_name} returned`,
    });
  await moveStatement(
    sql,
    statement,
    { to: 'returned', now, columns: { paid_at: null, return_reason: reason } },
    audit,
  );
  await markEarnings(sql, id, 'payable');
  await emitEvent(sql, { kind: 'payout.returned@1', payload: { statementId: id, agencyId: statement.agency_id } });
}

/** Opens a returned statement again, to be approved anew. @throws NotFound, Forbidden, WrongState */
export async function reopenStatement(
  sql: TenantSql,
  actor: Actor,
  { id, now }: StatementChange,
  audit: AuditPen = noAudit,
): Promise<void> {
  const statement = await openForChange(sql, actor, { id, action: 'update', to: 'reopened' });
  await moveStatement(
    sql,
    statement,
    { to: 'reopened', now, columns: { approved_at: null, approved_by: null } },
    audit,
  );
}
