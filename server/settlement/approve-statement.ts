import { authorize } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { lockLedger } from '../ledger/index.ts';
import { AgencyOnHold, WrongState } from './errors.ts';
import { lockStatement, type StatementRow } from './repository.ts';
import { NEXT_STATES, statementNumber, type StatementState } from './statement.ts';

/** What a change of a statement is told with. */
export interface StatementChange {
  id: string;
  now: Date;
}

/**
 * Locks a statement for a change of its state, in the caller's transaction.
 * @throws NotFound, Forbidden, WrongState
 */
export async function openForChange(
  sql: TenantSql,
  actor: Actor,
  { id, action, to }: { id: string; action: 'approve' | 'update'; to: StatementState },
): Promise<StatementRow> {
  await lockLedger(sql);
  const row = await lockStatement(sql, id);
  authorize(actor, action, 'Settlement', row && { agencyId: row.agency_id });
  const statement = row as StatementRow;
  if (!NEXT_STATES[statement.state].includes(to))
    throw WrongState({ number: statementNumber(statement.number), state: statement.state, wanted: to });
  return statement;
}

/** Writes the new state, with what else changes. */
export async function moveStatement(
  sql: TenantSql,
  statement: StatementRow,
  change: { to: StatementState; now: Date; columns?: Record<string, unknown> },
  audit: AuditPen,
): Promise<void> {
  const { to, now, columns } = change;
  await sql.run(
    q('settlement_statements')
      .where({ id: statement.id })
      .update({ ...columns, state: to, updated_at: now }),
  );
  audit.note({
    subject: { label: `${statementNumber(statement.number)} ${statement.agency_name}` },
    before: { state: statement.state },
    after: { state: to },
    details: { payoutMinor: statement.payout_minor, currency: statement.currency },
  });
}

/** Marks what a statement had taken up as paid, or as still to be paid after its payout came back. */
export async function markEarnings(sql: TenantSql, statementId: string, state: 'paid' | 'payable'): Promise<void> {
  await sql.run(
    q('commissions')
      .where({ statement_id: statementId, state: state === 'paid' ? 'payable' : 'paid' })
      .update({ state, updated_at: q.fn.now() }),
  );
  if (state === 'paid') await emitEvent(sql, { kind: 'commission.paid@1', payload: { statementId } });
}

/**
 * Approves a closed or reopened statement for payment, in the caller's transaction. One that comes to nothing is settled by it.
 * @throws NotFound, Forbidden, WrongState, AgencyOnHold
 */
export async function approveStatement(
  sql: TenantSql,
  actor: Actor,
  { id, now }: StatementChange,
  audit: AuditPen = noAudit,
): Promise<void> {
  const statement = await openForChange(sql, actor, { id, action: 'approve', to: 'approved' });
  if (statement.agency_state !== 'approved')
    throw AgencyOnHold({ name: statement.agency_name, state: statement.agency_state });
  const isNothing = statement.payout_minor === 0;
  const columns = { approved_at: now, approved_by: actor.id, ...(isNothing ? { paid_at: now } : {}) };
  await moveStatement(sql, statement, { to: isNothing ? 'paid' : 'approved', now, columns }, audit);
  if (isNothing) await markEarnings(sql, id, 'paid');
  await emitEvent(sql, { kind: 'settlement.approved@1', payload: { statementId: id, agencyId: statement.agency_id } });
}
