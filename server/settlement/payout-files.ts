import { abilityFor, as, authorize, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { TIME_CURSOR, UUID_CURSOR, decodeCursor, readTimeKey, timeKey, toPage } from '../kernel/http/cursor.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import { lockLedger } from '../ledger/index.ts';
import { writeCreditTransferFile, type CreditTransfer } from './credit-transfer.ts';
import { NoBankingDay, NothingToPay, PayerAccountMissing } from './errors.ts';
import { markPaid, nextPayouts } from './pay-statement.ts';
import { openAccounts, openContent, sealContent } from './payout-account.ts';
import { addDays } from './period.ts';
import { selectStatements, type StatementRow } from './repository.ts';
import type { PayoutFileQuery, PayoutQuery } from './schema.ts';
import { statementNumber } from './statement.ts';

/** Whose file it is: payment files are the reseller's. */
const OWN = { agencyId: null };
const MAX_AHEAD_DAYS = 60;

export interface PayoutFileRow {
  id: string;
  message_id: string;
  execution_on: string;
  payouts: number;
  total_minor: number;
  currency: string;
  created_at: Date;
  sent: number;
}

export interface Skipped {
  statementId: string;
  number: string;
  reason: 'no_account' | 'account_unconfirmed' | 'not_euro' | 'agency_on_hold' | 'in_another_file' | 'paid_by_stripe';
}

const selectFiles = () =>
  q('payout_files as f').select(
    'f.id',
    'f.message_id',
    q.raw('f.execution_on::text as execution_on'),
    'f.payouts',
    'f.total_minor',
    'f.currency',
    'f.created_at',
    q.raw(`(select count(*)::int from payouts p where p.file_id = f.id and p.state = 'sent') as sent`),
  );

function checkDay(day: string, today: string): void {
  const weekday = new Date(Date.parse(day)).getUTCDay();
  if (day < today || day > addDays(today, MAX_AHEAD_DAYS) || weekday === 0 || weekday === 6) throw NoBankingDay();
}

/**
 * Makes a SEPA file of approved statements, in the caller's transaction: each goes into one file only, those of agencies that chose Stripe
 * only where no transfer was ordered. What cannot go is left out and named.
 * @throws NoBankingDay, PayerAccountMissing, NothingToPay
 */
export async function makePayoutFile(
  sql: TenantSql,
  actor: Actor,
  given: {
    id: string;
    executionOn: string;
    statementIds?: readonly string[] | undefined;
    now: Date;
  },
  audit: AuditPen = noAudit,
): Promise<{ file: PayoutFileRow; skipped: Skipped[] }> {
  authorize(actor, 'update', 'Settlement', OWN);
  const { id, executionOn, statementIds, now } = given;
  await lockLedger(sql);
  const before = await sql.one<PayoutFileRow>(selectFiles().where('f.id', id));
  if (before) return { file: before, skipped: [] };
  checkDay(executionOn, now.toISOString().slice(0, 10));
  const approved = selectStatements().where('s.state', 'approved').orderBy('s.number');
  if (statementIds) void approved.whereIn('s.id', [...statementIds]);
  const statements = await sql.all<StatementRow>(approved);
  const accounts = await openAccounts(
    sql,
    statements.map((row) => row.agency_id),
  );
  const payer = accounts.get('');
  if (!payer) throw PayerAccountMissing();
  const skipped: Skipped[] = [];
  const chosen = statements.filter((row) => {
    const reason = whyNot(row, accounts.get(row.agency_id));
    if (reason) skipped.push({ statementId: row.id, number: statementNumber(row.number), reason });
    return !reason;
  });
  if (chosen.length === 0) throw NothingToPay({ skipped });

  const messageId = `P${id.replaceAll('-', '')}`;
  const next = await nextPayouts(
    sql,
    chosen.map((statement) => statement.id),
  );
  const transfers: CreditTransfer[] = [];
  const rows: Record<string, unknown>[] = [];
  for (const statement of chosen) {
    const payee = accounts.get(statement.agency_id);
    if (!payee) continue;
    const { key, attempt } = must(next.get(statement.id), `the next payout of ${statement.id}`);
    const number = statementNumber(statement.number);
    transfers.push({
      endToEndId: `${statement.id.replaceAll('-', '')}${attempt === 1 ? '' : `-${attempt}`}`,
      amountMinor: statement.payout_minor,
      payee,
      remittance: `${number} ${statement.period_start} ${addDays(statement.period_end, -1)}`,
    });
    rows.push({
      id: newId(),
      key,
      statement_id: statement.id,
      file_id: id,
      method: 'sepa',
      state: 'sent',
      amount_minor: statement.payout_minor,
      currency: statement.currency,
      iban_hint: payee.hint,
      sent_at: now,
    });
  }
  const xml = writeCreditTransferFile({ messageId, createdAt: now, executionOn, payer, transfers });
  const total = transfers.reduce((all, { amountMinor }) => all + amountMinor, 0);
  await sql.run(
    q('payout_files').insert({
      id,
      message_id: messageId,
      execution_on: executionOn,
      payouts: transfers.length,
      total_minor: total,
      currency: 'EUR',
      content_encrypted: sealContent(sql, id, xml),
      made_by: actor.id,
      created_at: now,
    }),
  );
  for (let i = 0; i < rows.length; i += 500) await sql.run(q('payouts').insert(rows.slice(i, i + 500)));
  audit.note({ details: { payouts: transfers.length, totalMinor: total, currency: 'EUR', executionOn } });
  return { file: await getFile(sql, id), skipped };
}

function whyNot(statement: StatementRow, account: { isConfirmed: boolean } | undefined): Skipped['reason'] | undefined {
  if (statement.payout_state !== null && statement.payout_state !== 'returned')
    return statement.payout_method === 'stripe' ? 'paid_by_stripe' : 'in_another_file';
  if (statement.agency_state !== 'approved') return 'agency_on_hold';
  if (statement.currency !== 'EUR') return 'not_euro';
  if (!account) return 'no_account';
  return account.isConfirmed ? undefined : 'account_unconfirmed';
}

async function getFile(sql: TenantSql, id: string): Promise<PayoutFileRow> {
  const file = await sql.one<PayoutFileRow>(selectFiles().where('f.id', id));
  if (!file) throw new Error(`Payment file ${id} was not written`);
  return file;
}

/** @throws NotFound */
export async function readPayoutFile(sql: TenantSql, actor: Actor, id: string): Promise<PayoutFileRow> {
  const file = await sql.one<PayoutFileRow>(selectFiles().where('f.id', id));
  authorize(actor, 'read', 'Settlement', file && OWN);
  return file as PayoutFileRow;
}

/** The XML, for those who may send it. @throws NotFound, Forbidden */
export async function readPayoutXml(
  sql: TenantSql,
  actor: Actor,
  id: string,
): Promise<{ fileName: string; xml: string }> {
  const file = await sql.one<{ message_id: string; content_encrypted: string }>(
    q('payout_files').where({ id }).select('message_id', 'content_encrypted'),
  );
  authorize(actor, 'update', 'Settlement', file && OWN);
  const { message_id: messageId, content_encrypted: content } = file as NonNullable<typeof file>;
  return { fileName: `${messageId}.xml`, xml: openContent(sql, id, content) };
}

/** Files the reseller made, newest first; none of them is an agency's to see. */
export async function listPayoutFiles(
  sql: TenantSql,
  actor: Actor,
  query: PayoutFileQuery,
): Promise<{ rows: readonly PayoutFileRow[]; next: string | null }> {
  if (!abilityFor(actor).can('read', as('Settlement', OWN))) return { rows: [], next: null };
  const before = decodeCursor(query.cursor, TIME_CURSOR);
  const page = selectFiles()
    .orderBy('f.created_at', 'desc')
    .orderBy('f.id', 'desc')
    .limit(query.limit + 1);
  if (before !== undefined) {
    const { at, id } = readTimeKey(before);
    void page.whereRaw('(f.created_at, f.id) < (?, ?::uuid)', [at, id]);
  }
  return toPage(await sql.all<PayoutFileRow>(page), query.limit, ({ created_at: at, id }) => timeKey({ at, id }));
}

/**
 * The bank executed a file: every payout of it that was sent is paid, in one transaction. A repeat changes nothing.
 * @throws NotFound, Forbidden
 */
export async function markFilePaid(
  sql: TenantSql,
  actor: Actor,
  { id, now }: { id: string; now: Date },
  audit: AuditPen = noAudit,
): Promise<PayoutFileRow> {
  await lockLedger(sql);
  const file = await readPayoutFile(sql, actor, id);
  authorize(actor, 'update', 'Settlement', OWN);
  const sent = await sql.all<{ statement_id: string }>(
    q('payouts').where({ file_id: id, state: 'sent' }).orderBy('id').select('statement_id'),
  );
  for (const { statement_id: statementId } of sent) await markPaid(sql, actor, { id: statementId, now });
  audit.note({ subject: { label: file.message_id }, details: { payouts: sent.length } });
  return getFile(sql, id);
}

export interface PayoutRow {
  id: string;
  statement_id: string;
  statement_number: number;
  agency_id: string;
  agency_name: string;
  method: 'sepa' | 'manual' | 'stripe';
  state: 'sent' | 'paid' | 'returned';
  amount_minor: number;
  currency: string;
  iban_hint: string | null;
  file_id: string | null;
  reference: string | null;
  return_reason: string | null;
  sent_at: Date;
  paid_at: Date | null;
  returned_at: Date | null;
}

/** Payouts the actor may see, newest first. */
export async function listPayouts(sql: TenantSql, actor: Actor, query: PayoutQuery) {
  if (query.agencyId !== undefined) authorize(actor, 'read', 'Settlement', { agencyId: query.agencyId });
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const all = q('payouts as p')
    .join('settlement_statements as s', 's.id', 'p.statement_id')
    .join('agencies as a', 'a.id', 's.agency_id')
    .select('p.*', 's.number as statement_number', 's.agency_id', 'a.name as agency_name');
  const page = narrow(all, abilityFor(actor), 'read', 'Settlement', { agencyId: 's.agency_id' })
    .orderBy('p.id', 'desc')
    .limit(query.limit + 1);
  if (before !== undefined) void page.where('p.id', '<', before);
  if (query.agencyId !== undefined) void page.where('s.agency_id', query.agencyId);
  if (query.fileId !== undefined) void page.where('p.file_id', query.fileId);
  return toPage(await sql.all<PayoutRow>(page), query.limit, (row) => row.id);
}
