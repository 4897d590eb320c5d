import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import type { AccountFacts, ConnectedAccount } from './account.ts';

interface AccountRow {
  id: string;
  agency_id: string | null;
  account_id: string;
  is_used: boolean;
  details_submitted: boolean;
  charges_enabled: boolean;
  payouts_enabled: boolean;
  transfers_active: boolean;
  requirements: string[];
  disabled_reason: string | null;
  refreshed_at: Date;
}

const toAccount = (row: AccountRow): ConnectedAccount => ({
  id: row.id,
  agencyId: row.agency_id,
  accountId: row.account_id,
  isUsed: row.is_used,
  detailsSubmitted: row.details_submitted,
  chargesEnabled: row.charges_enabled,
  payoutsEnabled: row.payouts_enabled,
  transfersActive: row.transfers_active,
  requirements: row.requirements,
  disabledReason: row.disabled_reason,
  refreshedAt: row.refreshed_at,
});
const toColumns = (facts: AccountFacts, at: Date) => ({
  details_submitted: facts.detailsSubmitted,
  charges_enabled: facts.chargesEnabled,
  payouts_enabled: facts.payoutsEnabled,
  transfers_active: facts.transfersActive,
  requirements: json(facts.requirements),
  disabled_reason: facts.disabledReason,
  refreshed_at: at,
});

/** The account of an agency, or of the reseller (null). */
export async function findAccount(sql: TenantSql, agencyId: string | null): Promise<ConnectedAccount | undefined> {
  const mine = q('stripe_accounts').modify(
    (one) => void (agencyId === null ? one.whereNull('agency_id') : one.where({ agency_id: agencyId })),
  );
  const row = await sql.one<AccountRow>(mine);
  return row && toAccount(row);
}

export async function findByAccountId(sql: TenantSql, accountId: string): Promise<ConnectedAccount | undefined> {
  const row = await sql.one<AccountRow>(q('stripe_accounts').where({ account_id: accountId }));
  return row && toAccount(row);
}

/** Adds it; of two who connect at once the first one's stays (Stripe's idempotency key gave both the same account). */
export async function insertAccount(
  sql: TenantSql,
  account: { agencyId: string | null; accountId: string; facts: AccountFacts; at: Date },
): Promise<void> {
  await sql.run(
    q('stripe_accounts')
      .insert({
        id: newId(),
        agency_id: account.agencyId,
        account_id: account.accountId,
        ...toColumns(account.facts, account.at),
      })
      .onConflict('account_id')
      .ignore(),
  );
}

/** Keeps what Stripe said, unless something newer is kept already. */
export async function updateFacts(sql: TenantSql, accountId: string, facts: AccountFacts, at: Date): Promise<void> {
  await sql.run(
    q('stripe_accounts').where({ account_id: accountId }).where('refreshed_at', '<=', at).update(toColumns(facts, at)),
  );
}

export async function setUsed(sql: TenantSql, id: string, isUsed: boolean): Promise<void> {
  await sql.run(
    q('stripe_accounts')
      .where({ id })
      .update({ is_used: isUsed, version: q.raw('version + 1') }),
  );
}

/** Name of an agency; undefined when there is none of that id. */
export async function findAgencyName(sql: TenantSql, agencyId: string): Promise<string | undefined> {
  return (await sql.one<{ name: string }>(q('agencies').where({ id: agencyId }).select('name')))?.name;
}

/** Tax id of an agency, where it gave one. */
export async function findAgencyTaxId(sql: TenantSql, agencyId: string): Promise<string | null> {
  const agency = q('agencies').where({ id: agencyId }).select('tax_id');
  return (await sql.one<{ tax_id: string | null }>(agency))?.tax_id ?? null;
}
