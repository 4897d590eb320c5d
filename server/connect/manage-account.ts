import { authorize } from '../access/index.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { must } from '../kernel/must.ts';
import { CardsUnavailable } from '../payments/index.ts';
import { countryOfTaxId } from '../tax/index.ts';
import { stateOf, type ConnectedAccount } from './account.ts';
import { CountryUnknown, PaymentAccountNotReady, PayoutAccountNotReady } from './errors.ts';
import {
  findAccount,
  findAgencyName,
  findAgencyTaxId,
  findByAccountId,
  insertAccount,
  setUsed,
  updateFacts,
} from './repository.ts';
import type { StripeAccounts } from './stripe-accounts.ts';

export interface ConnectDeps {
  database: Database;
  clock: Clock;
  accounts: StripeAccounts;
}

/** Whose account: an agency's, or the reseller's (null). */
export interface Whose {
  agencyId: string | null;
}

async function authorizeAccount(
  sql: TenantSql,
  actor: Actor,
  action: 'read' | 'update',
  { agencyId }: Whose,
): Promise<string> {
  const name = agencyId === null ? '' : await findAgencyName(sql, agencyId);
  authorize(actor, action, 'PayoutAccount', name === undefined ? undefined : { agencyId });
  return name ?? '';
}

/** @throws NotFound for an agency that does not exist or whose account the actor may not see */
export async function readAccount(sql: TenantSql, actor: Actor, whose: Whose): Promise<ConnectedAccount | undefined> {
  await authorizeAccount(sql, actor, 'read', whose);
  return findAccount(sql, whose.agencyId);
}

/**
 * Connects an account when there is none, and asks for a link to its onboarding page.
 * @throws NotFound, Forbidden, StripeAway, OnboardingUnderWay, CountryUnknown
 */
export async function startOnboarding(
  deps: ConnectDeps,
  who: { tenant: Tenant; actor: Actor },
  given: Whose & {
    page: { returnUrl: string; refreshUrl: string };
    country?: string | undefined;
    /** The reseller's own. */
    taxId: string | null;
  },
  audit: AuditPen = noAudit,
): Promise<{ url: string; expiresAt: Date }> {
  const { tenant, actor } = who;
  const sql = deps.database.tenant(tenant);
  const name = await authorizeAccount(sql, actor, 'update', given);
  const before = await findAccount(sql, given.agencyId);
  const accountId =
    before?.accountId ?? (await connect(deps, tenant, { ...given, name, country: await countryOf(sql, given) }));
  audit.note({ after: { accountId } });
  return deps.accounts.link(accountId, given.page);
}

/** Where the business is: what was said, or what its tax id says. Never a guess, as it cannot be changed. */
async function countryOf(
  sql: TenantSql,
  { agencyId, country, taxId }: Whose & { country?: string | undefined; taxId: string | null },
): Promise<string> {
  const known = country ?? countryOfTaxId(agencyId === null ? taxId : await findAgencyTaxId(sql, agencyId));
  if (known === null) throw CountryUnknown();
  return known;
}

async function connect(
  deps: ConnectDeps,
  tenant: Tenant,
  owner: Whose & { name: string; country: string },
): Promise<string> {
  const { agencyId } = owner;
  const shown = agencyId === null ? tenant.name : owner.name;
  const { accountId, facts } = await deps.accounts.create({
    tenantId: tenant.id,
    agencyId,
    name: shown,
    country: owner.country,
  });
  const at = deps.clock.now();
  await deps.database.withTenant(tenant, (sql) => insertAccount(sql, { agencyId, accountId, facts, at }));
  return accountId;
}

/** Asks Stripe how an account stands and keeps the answer; undefined where none was connected. @throws StripeAway */
export async function refreshAccount(
  deps: ConnectDeps,
  tenant: Tenant,
  whose: Whose | { accountId: string },
): Promise<ConnectedAccount | undefined> {
  const sql = deps.database.tenant(tenant);
  const find = () => ('accountId' in whose ? findByAccountId(sql, whose.accountId) : findAccount(sql, whose.agencyId));
  const account = await find();
  if (!account) return undefined;
  // Taken before the question: an answer that arrives late does not overwrite what a later question brought.
  const at = deps.clock.now();
  const facts = await deps.accounts.read(account.accountId);
  await updateFacts(sql, account.accountId, facts, at);
  return find();
}

/**
 * Chooses: payments are taken in the account, or payouts go to it; or not any more. Payments and payouts that were made stay where they are.
 * @throws NotFound, Forbidden, PaymentAccountNotReady, PayoutAccountNotReady, StripeAway
 */
export async function chooseAccount(
  deps: ConnectDeps,
  who: { tenant: Tenant; actor: Actor },
  { agencyId, isUsed }: Whose & { isUsed: boolean },
  audit: AuditPen = noAudit,
): Promise<void> {
  const { tenant, actor } = who;
  const name = await authorizeAccount(deps.database.tenant(tenant), actor, 'update', { agencyId });
  const now = isUsed ? await refreshAccount(deps, tenant, { agencyId }) : undefined;
  const state = stateOf(now);
  if (isUsed && state !== 'ready')
    throw agencyId === null
      ? PaymentAccountNotReady({ reason: state })
      : PayoutAccountNotReady({ name, reason: state });
  await deps.database.withTenant(tenant, async (sql) => {
    const account = await findAccount(sql, agencyId);
    if (agencyId !== null && isUsed) await refuseForConnectedReseller(sql, name);
    audit.note({ before: { isUsed: account?.isUsed ?? false }, after: { isUsed } });
    if (account) await setUsed(sql, account.id, isUsed);
  });
}

async function refuseForConnectedReseller(sql: TenantSql, name: string): Promise<void> {
  if ((await findAccount(sql, null))?.isUsed) throw PayoutAccountNotReady({ name, reason: 'reseller_connected' });
}

/**
 * The account new payments are taken in; null: the platform's own.
 * @throws CardsUnavailable when the reseller's own was chosen and may not charge: the platform's never steps in for it
 */
export async function paymentAccountOf(sql: TenantSql): Promise<string | null> {
  const account = await findAccount(sql, null);
  if (!account?.isUsed) return null;
  if (stateOf(account) !== 'ready') throw CardsUnavailable();
  return account.accountId;
}

/**
 * The account an agency is paid to at Stripe; null when it is paid by SEPA.
 * @throws PayoutAccountNotReady
 */
export async function payoutAccountOf(sql: TenantSql, agencyId: string): Promise<string | null> {
  const account = await findAccount(sql, agencyId);
  if (!account?.isUsed) return null;
  const name = must(await findAgencyName(sql, agencyId), `the name of agency ${agencyId}`);
  await refuseForConnectedReseller(sql, name);
  const state = stateOf(account);
  if (state !== 'ready') throw PayoutAccountNotReady({ name, reason: state });
  return account.accountId;
}

/** Whether a connected account is one of this tenant's. */
export const ownsAccount = async (sql: TenantSql, accountId: string): Promise<boolean> =>
  (await findByAccountId(sql, accountId)) !== undefined;
