import { NotFound } from '../kernel/errors.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { bound, type SealedTable } from '../kernel/crypto/sealed-table.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { newId } from '../kernel/ids.ts';
import { ibanHint } from './bank-account.ts';
import type { TransferAccount } from './credit-transfer.ts';
import type { PayoutAccountUpdate } from './schema.ts';
import { authorizeAgency } from './terms.ts';

const HOLDER = 'payout_accounts.holder';
const IBAN = 'payout_accounts.iban';
const CONTENT = 'payout_files.content';

/** What of settlement is sealed: a self-employed agent's account is personal. */
export const sealedTables: readonly SealedTable[] = [
  { table: 'payout_accounts', key: 'id', columns: [bound('holder_encrypted', HOLDER), bound('iban_encrypted', IBAN)] },
  { table: 'payout_files', key: 'id', columns: [bound('content_encrypted', CONTENT)] },
];

export const sealContent = (sql: TenantSql, fileId: string, xml: string): string =>
  sql.vault.seal(CONTENT, xml, fileId);
export const openContent = (sql: TenantSql, fileId: string, stored: string): string =>
  sql.vault.open(CONTENT, stored, fileId);

interface AccountRow {
  id: string;
  agency_id: string | null;
  holder_encrypted: string;
  iban_encrypted: string;
  iban_hint: string;
  bic: string | null;
  unconfirmed_since: Date | null;
  updated_at: Date;
  version: number;
}

export interface PayoutAccount {
  readonly holder: string;
  readonly ibanHint: string;
  readonly bic: string | null;
  /** False while it was carried over from an application and nobody confirmed it. */
  readonly isConfirmed: boolean;
  readonly updatedAt: Date;
  readonly version: number;
}

const selectAccount = (agencyId: string | null) =>
  q('payout_accounts')
    .modify((one) => void (agencyId === null ? one.whereNull('agency_id') : one.where({ agency_id: agencyId })))
    .select('*');

/** The account an agency is paid to; the reseller's own (null) is what payouts leave. @throws NotFound */
export async function readPayoutAccount(sql: TenantSql, actor: Actor, agencyId: string | null): Promise<PayoutAccount> {
  await authorizeAgency(sql, actor, { action: 'read', type: 'PayoutAccount', agencyId });
  const row = await sql.one<AccountRow>(selectAccount(agencyId));
  if (!row) throw NotFound({ what: 'This payoutaccount' });
  return {
    holder: sql.vault.open(HOLDER, row.holder_encrypted, row.id),
    ibanHint: row.iban_hint,
    bic: row.bic,
    isConfirmed: row.unconfirmed_since === null,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** Sets it. Payouts that are in a file keep the account they were made with. @throws NotFound, Forbidden */
export async function changePayoutAccount(
  sql: TenantSql,
  actor: Actor,
  { agencyId, account }: { agencyId: string | null; account: PayoutAccountUpdate },
  audit: AuditPen = noAudit,
): Promise<void> {
  await authorizeAgency(sql, actor, { action: 'update', type: 'PayoutAccount', agencyId });
  const before = await sql.one<AccountRow>(selectAccount(agencyId).forUpdate());
  const id = before?.id ?? newId();
  const hint = ibanHint(account.iban);
  const row = {
    id,
    agency_id: agencyId,
    holder_encrypted: sql.vault.seal(HOLDER, account.holder, id),
    iban_encrypted: sql.vault.seal(IBAN, account.iban, id),
    iban_hint: hint,
    bic: account.bic ?? null,
    unconfirmed_since: null,
    updated_by: actor.id,
  };
  // Two who set the first one at once: values are bound to their row's id, so the second is refused and tries again.
  await sql.run(
    before
      ? q('payout_accounts')
          .where({ id })
          .update({ ...row, version: q.raw('version + 1'), updated_at: q.fn.now() })
      : q('payout_accounts').insert(row),
  );
  audit.note({ before: { accountHint: before?.iban_hint ?? null }, after: { accountHint: hint } });
}

/**
 * Carries the account of an approved application over to its agency, in the caller's transaction. Nothing is paid to it before somebody who
 * may set it confirms it; an account that is there stays.
 */
export async function carryAccount(
  sql: TenantSql,
  { agencyId, holder, iban, bic }: { agencyId: string; holder: string; iban: string; bic: string | null },
): Promise<void> {
  const id = newId();
  await sql.run(
    q('payout_accounts')
      .insert({
        id,
        agency_id: agencyId,
        holder_encrypted: sql.vault.seal(HOLDER, holder, id),
        iban_encrypted: sql.vault.seal(IBAN, iban, id),
        iban_hint: ibanHint(iban),
        bic,
        unconfirmed_since: q.fn.now(),
      })
      .onConflict('agency_id')
      .ignore(),
  );
}

/** Confirms the account that was carried over, as it was read; one that is confirmed stays so. @throws NotFound, Forbidden, VersionChanged */
export async function confirmPayoutAccount(
  sql: TenantSql,
  actor: Actor,
  { agencyId, version }: { agencyId: string; version: number },
  audit: AuditPen = noAudit,
): Promise<void> {
  await authorizeAgency(sql, actor, { action: 'update', type: 'PayoutAccount', agencyId });
  const row = await sql.one<AccountRow>(selectAccount(agencyId).forUpdate());
  if (!row) throw NotFound({ what: 'This payoutaccount' });
  if (row.version !== version) throw VersionChanged();
  if (row.unconfirmed_since === null) return;
  await sql.run(
    q('payout_accounts')
      .where({ id: row.id })
      .update({
        unconfirmed_since: null,
        updated_by: actor.id,
        version: q.raw('version + 1'),
        updated_at: q.fn.now(),
      }),
  );
  audit.note({ before: { confirmed: false }, after: { confirmed: true, accountHint: row.iban_hint } });
}

/** Accounts to pay to and from, opened, by agency ('' is the reseller); with those that nobody confirmed, to which nothing is paid. */
export async function openAccounts(
  sql: TenantSql,
  agencyIds: readonly string[],
): Promise<Map<string, TransferAccount & { hint: string; isConfirmed: boolean }>> {
  const rows = await sql.all<AccountRow>(
    q('payout_accounts')
      .where((any) => void any.whereNull('agency_id').orWhereIn('agency_id', [...agencyIds]))
      .select('*'),
  );
  return new Map(
    rows.map((row) => [
      row.agency_id ?? '',
      {
        holder: sql.vault.open(HOLDER, row.holder_encrypted, row.id),
        iban: sql.vault.open(IBAN, row.iban_encrypted, row.id),
        bic: row.bic,
        hint: row.iban_hint,
        isConfirmed: row.unconfirmed_since === null,
      },
    ]),
  );
}
