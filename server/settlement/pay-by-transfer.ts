import { PayoutAccountNotReady } from '../connect/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import type { Consumer } from '../kernel/outbox/consumers.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { buildPayout, lockLedger, postTransaction, readResellerBalance } from '../ledger/index.ts';
import { markEarnings, moveStatement, openForChange, type StatementChange } from './approve-statement.ts';
import { NotPaidByTransfer, PayoutSent, TransferUnfunded, WrongState } from './errors.ts';
import { nextPayouts } from './pay-statement.ts';
import { lockStatement, type StatementRow } from './repository.ts';
import { statementNumber } from './statement.ts';

/** What settlement needs of transfers; see `connect`. */
export interface TransferService {
  send(order: {
    key: string;
    tenantId: string;
    statementId: string;
    payoutId: string;
    accountId: string;
    amountMinor: number;
    currency: string;
    description: string;
  }): Promise<{ kind: 'sent'; transferId: string } | { kind: 'refused'; reason: string }>;
  read(transferId: string): Promise<{ isReversed: boolean }>;
}
/** The account an agency is paid to at Stripe; null when it is paid by SEPA. @throws PayoutAccountNotReady */
export type FindPayoutAccount = (sql: TenantSql, agencyId: string) => Promise<string | null>;

/** Between what accounts transfers go. */
export interface TransferSources {
  accountOf: FindPayoutAccount;
  /** Card money of the reseller that stands in an account of its own: no transfer can draw on it (minor units). */
  heldInOwnAccounts(sql: TenantSql, currency: string): Promise<number>;
}

interface TransferRow {
  id: string;
  key: string;
  statement_id: string;
  state: 'sent' | 'paid' | 'returned';
  amount_minor: number;
  currency: string;
  stripe_account: string;
  transfer_id: string | null;
}

/**
 * Orders the transfer of an approved statement, in the caller's transaction; the worker sends it. Nothing is ordered where the agency is
 * paid by SEPA: false.
 * @throws PayoutAccountNotReady, TransferUnfunded, PayoutSent
 */
async function orderTransfer(
  sql: TenantSql,
  statement: StatementRow,
  { now, sources }: { now: Date; sources: TransferSources },
): Promise<boolean> {
  const account = await sources.accountOf(sql, statement.agency_id);
  if (account === null || statement.payout_minor === 0) return false;
  const number = statementNumber(statement.number);
  const live = q('payouts').where({ statement_id: statement.id }).whereNot({ state: 'returned' }).select('id');
  if (await sql.one(live)) throw PayoutSent({ number });
  // The platform's balance at Stripe is every reseller's: each may send only what its own customers paid in.
  const { currency } = statement;
  const collected = await readResellerBalance(sql, 'psp_clearing', currency);
  const elsewhere = await sources.heldInOwnAccounts(sql, currency);
  const ordered = await sumOrdered(sql, currency);
  if (collected - elsewhere - ordered < statement.payout_minor) throw TransferUnfunded({ number });
  const id = newId();
  await sql.run(
    q('payouts').insert({
      id,
      key: must((await nextPayouts(sql, [statement.id])).get(statement.id), `the next payout of ${statement.id}`).key,
      statement_id: statement.id,
      method: 'stripe',
      state: 'sent',
      amount_minor: statement.payout_minor,
      currency: statement.currency,
      stripe_account: account,
      sent_at: now,
    }),
  );
  await emitEvent(sql, { kind: 'settlement.transfer_ordered@1', payload: { payoutId: id, statementId: statement.id } });
  return true;
}

/** Transfers that were ordered and are not in the books yet. */
async function sumOrdered(sql: TenantSql, currency: string): Promise<number> {
  const under = q('payouts')
    .where({ method: 'stripe', state: 'sent', currency })
    .select(q.raw('coalesce(sum(amount_minor), 0)::bigint as total'));
  return (await sql.one<{ total: number }>(under))?.total ?? 0;
}

/**
 * Orders the transfer at once when a statement is approved whose agency chose Stripe. After `approveStatement`, in its transaction. Where
 * nothing can be transferred the approval stands: the statement waits for a file, a payment by hand, or `sendByTransfer`.
 */
export async function orderOnApproval(
  sql: TenantSql,
  { id, now }: StatementChange,
  sources: TransferSources,
): Promise<void> {
  const statement = must(await lockStatement(sql, id), `the statement ${id}`);
  if (statement.state !== 'approved') return;
  try {
    await orderTransfer(sql, statement, { now, sources });
  } catch (error) {
    if (!PayoutAccountNotReady.is(error) && !TransferUnfunded.is(error)) throw error;
  }
}

/**
 * Orders the transfer of a statement that was approved before its agency chose Stripe.
 * @throws NotFound, Forbidden, WrongState, NotPaidByTransfer, PayoutAccountNotReady, TransferUnfunded, PayoutSent
 */
export async function sendByTransfer(
  sql: TenantSql,
  actor: Actor,
  { id, now }: StatementChange,
  { sources, audit = noAudit }: { sources: TransferSources; audit?: AuditPen },
): Promise<void> {
  const statement = await openForChange(sql, actor, { id, action: 'update', to: 'paid' });
  const number = statementNumber(statement.number);
  if (statement.state !== 'approved') throw WrongState({ number, state: statement.state, wanted: 'paid' });
  if (!(await orderTransfer(sql, statement, { now, sources })))
    throw NotPaidByTransfer({ name: statement.agency_name });
  audit.note({ subject: { label: `${number} ${statement.agency_name}` }, after: { method: 'stripe' } });
}

export interface TransferDeps {
  database: Database;
  clock: Clock;
  transfers: TransferService;
}

const findTransfer = (sql: TenantSql, by: { id: string } | { transfer_id: string }): Promise<TransferRow | undefined> =>
  sql.one<TransferRow>(
    q('payouts')
      .where({ method: 'stripe', ...by })
      .select('*'),
  );

/**
 * Sends an ordered transfer and writes what Stripe answered. Killed between the two, it is run again with the same key: Stripe answers with
 * the transfer it made the first time.
 */
export async function runTransfer(deps: TransferDeps, tenant: Tenant, payoutId: string): Promise<void> {
  const sql = deps.database.tenant(tenant);
  const payout = await findTransfer(sql, { id: payoutId });
  if (payout?.state !== 'sent') return;
  const statement = await sql.one<{ number: number }>(
    q('settlement_statements').where({ id: payout.statement_id }).select('number'),
  );
  const answer = await deps.transfers.send({
    key: payout.key,
    tenantId: tenant.id,
    statementId: payout.statement_id,
    payoutId,
    accountId: payout.stripe_account,
    amountMinor: payout.amount_minor,
    currency: payout.currency,
    description: statementNumber(statement?.number ?? 0),
  });
  await deps.database.withTenant(tenant, (tx) =>
    answer.kind === 'sent'
      ? settlePaid(tx, payoutId, { transferId: answer.transferId, now: deps.clock.now() })
      : settleReturned(tx, payoutId, { reason: `Stripe: ${answer.reason}`, now: deps.clock.now() }),
  );
}

/** Stripe took or gave back a transfer outside of here: it is asked how the transfer stands. */
async function followTransfer(deps: TransferDeps, tenant: Tenant, transferId: string): Promise<void> {
  const sql = deps.database.tenant(tenant);
  const payout = await findTransfer(sql, { transfer_id: transferId });
  // Not marked yet: the order's own event does that first, and a reversal tells of itself again when it is looked at.
  if (!payout) return;
  const { isReversed } = await deps.transfers.read(transferId);
  if (!isReversed) return;
  await deps.database.withTenant(tenant, (tx) =>
    settleReturned(tx, payout.id, { reason: 'Stripe: transfer reversed', now: deps.clock.now() }),
  );
}

/** Under the chain lock, then the statement's, as everything that changes a statement. */
async function lockBoth(sql: TenantSql, payoutId: string): Promise<{ payout: TransferRow; statement: StatementRow }> {
  await lockLedger(sql);
  const payout = must(await findTransfer(sql, { id: payoutId }), `the payout ${payoutId}`);
  return { payout, statement: must(await lockStatement(sql, payout.statement_id), `the statement of ${payoutId}`) };
}

const post = (
  sql: TenantSql,
  { payout, statement }: { payout: TransferRow; statement: StatementRow },
  { direction, now }: { direction: 'paid' | 'returned'; now: Date },
) =>
  postTransaction(
    sql,
    buildPayout({
      payoutId: payout.id,
      agencyId: statement.agency_id,
      amount: payout.amount_minor,
      currency: payout.currency,
      direction,
      from: 'psp_clearing',
    }),
    {
      occurredAt: now,
      // The money has moved, whatever the books say.
      whenClosed: 'move',
      description: `Transfer of ${statementNumber(statement.number)} to ${statement.agency_name}${direction === 'paid' ? '' : ' returned'}`,
    },
  );

async function settlePaid(
  sql: TenantSql,
  payoutId: string,
  { transferId, now }: { transferId: string; now: Date },
): Promise<void> {
  const both = await lockBoth(sql, payoutId);
  if (both.payout.state !== 'sent') return;
  await sql.run(q('payouts').where({ id: payoutId }).update({ state: 'paid', paid_at: now, transfer_id: transferId }));
  await post(sql, both, { direction: 'paid', now });
  await moveStatement(
    sql,
    both.statement,
    { to: 'paid', now, columns: { paid_at: now, return_reason: null } },
    noAudit,
  );
  await markEarnings(sql, both.statement.id, 'paid');
  // A reversal that was told of before we knew the transfer is looked at now.
  await emitEvent(sql, { kind: 'settlement.transfer_event@1', payload: { transferId, type: 'transfer.created' } });
}

async function settleReturned(
  sql: TenantSql,
  payoutId: string,
  { reason, now }: { reason: string; now: Date },
): Promise<void> {
  const both = await lockBoth(sql, payoutId);
  const { payout, statement } = both;
  if (payout.state === 'returned') return;
  await sql.run(
    q('payouts').where({ id: payoutId }).update({ state: 'returned', returned_at: now, return_reason: reason }),
  );
  if (payout.state === 'paid') await post(sql, both, { direction: 'returned', now });
  await moveStatement(
    sql,
    statement,
    { to: 'returned', now, columns: { paid_at: null, return_reason: reason } },
    noAudit,
  );
  if (payout.state === 'paid') await markEarnings(sql, statement.id, 'payable');
  await emitEvent(sql, {
    kind: 'payout.returned@1',
    payload: { statementId: statement.id, agencyId: statement.agency_id },
  });
}

/** Sends what was ordered, and follows what Stripe tells of transfers. */
export const transferConsumers = (deps: TransferDeps): Consumer[] => [
  {
    name: 'settlement.send_transfer',
    kinds: ['settlement.transfer_ordered@1'],
    handle: (event, tenant) => runTransfer(deps, tenant, String(event.payload.payoutId)),
  },
  {
    name: 'settlement.follow_transfer',
    kinds: ['settlement.transfer_event@1'],
    handle: (event, tenant) => followTransfer(deps, tenant, String(event.payload.transferId)),
  },
];
