import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { Money } from '../kernel/money.ts';
import type { DeliveredEvent } from '../kernel/outbox/consumers.ts';
import { findWallet } from './repository.ts';
import { stateOf, type WalletRow } from './wallet-row.ts';
import { availableOf } from './wallet.ts';
import { findTopUp, type TopUpRow } from './top-ups/repository.ts';
import { referenceOf } from './top-ups/top-up.ts';

/** Somebody who answers for an agency, and where that person signs in. */
export interface WalletPerson {
  email: string;
  name: string;
  locale: string;
  brandId: string;
  origin: string;
}
export type PersonOf = (
  sql: TenantSql,
  userId: string,
) => Promise<Pick<WalletPerson, 'email' | 'name' | 'locale'> | undefined>;
export type PeopleOf = (sql: TenantSql, agencyId: string | null) => Promise<WalletPerson[]>;

/** Events of wallets that are mailed. */
export const WALLET_NOTICE_EVENTS: readonly string[] = [
  'wallet.top_up_announced@1',
  'wallet.topped_up@1',
  'wallet.top_up_refused@1',
  'wallet.low@1',
  'wallet.short@1',
  'wallet.overdue@1',
  'wallet.funds_back@1',
];

export type WalletStep = 'announced' | 'credited' | 'refused' | 'low' | 'short' | 'blocked' | 'funds_back';

/** A mail about a wallet, to one person. */
export interface WalletNotice {
  recipient: string;
  recipientName: string;
  brandId: string;
  locale: string;
  agencyName: string;
  parentName: string;
  step: WalletStep;
  amount: Money | null;
  reference: string | null;
  message: string | null;
  url: string;
}

type Facts = Pick<WalletNotice, 'agencyName' | 'parentName' | 'step' | 'amount' | 'reference' | 'message'> & {
  /** Whose wallet it is about. */
  agencyId: string;
  /** Whose people are told. */
  to: string | null;
};

/** Finds out whom an event of a wallet concerns and what they are told; nobody, where there is nothing to tell. */
export function createWalletNotices({
  database,
  peopleOf,
  personOf,
}: {
  database: Database;
  peopleOf: PeopleOf;
  personOf: PersonOf;
}) {
  return async (event: DeliveredEvent, tenant: Tenant): Promise<WalletNotice[]> => {
    const sql = database.tenant(tenant);
    if (event.kind === 'wallet.funds_back@1') return fundsBack(sql, event, tenant, personOf);
    const facts = await factsOf(sql, event, tenant);
    if (!facts) return [];
    const { to, agencyId, ...rest } = facts;
    return (await peopleOf(sql, to)).map(({ email, name, locale, brandId, origin }) => ({
      ...rest,
      recipient: email,
      recipientName: name,
      locale,
      brandId,
      url: `${origin}/console/agencies/${agencyId}/wallet`,
    }));
  };
}

/** Who was kept from booking is told that it is possible again; of the wallet above theirs nothing but that. */
async function fundsBack(
  sql: TenantSql,
  { payload }: DeliveredEvent,
  tenant: Tenant,
  personOf: PersonOf,
): Promise<WalletNotice[]> {
  const person = await personOf(sql, String(payload.userId));
  const own = await findWallet(sql, String(payload.agencyId));
  if (!person || !own) return [];
  return [
    {
      recipient: person.email,
      recipientName: person.name,
      locale: person.locale,
      brandId: String(payload.brandId),
      agencyName: own.agency_name,
      parentName: own.parent_name ?? tenant.name,
      step: 'funds_back',
      amount: null,
      reference: null,
      message: String(payload.title),
      url: String(payload.url),
    },
  ];
}

async function factsOf(sql: TenantSql, event: DeliveredEvent, tenant: Tenant): Promise<Facts | undefined> {
  const { topUpId, agencyId } = event.payload;
  if (typeof topUpId === 'string') {
    const row = await findTopUp(sql, topUpId);
    return row && topUpFacts(event.kind, row, tenant);
  }
  const wallet = event.kind === 'wallet.topped_up@1' ? undefined : await findWallet(sql, String(agencyId));
  return wallet && balanceFacts(sql, event, wallet, tenant);
}

/** What an agency is told of its own wallet: it is the one who can pay in, also where a booking below it failed. */
async function balanceFacts(
  sql: TenantSql,
  { kind, payload }: DeliveredEvent,
  wallet: WalletRow,
  tenant: Tenant,
): Promise<Facts> {
  const money = (amount: unknown) => ({ amount: Number(amount), currency: wallet.currency });
  const about = {
    agencyId: wallet.agency_id,
    agencyName: wallet.agency_name,
    parentName: wallet.parent_name ?? tenant.name,
    reference: null,
    message: null,
    to: wallet.agency_id,
  };
  if (kind === 'wallet.low@1') return { ...about, step: 'low', amount: money(availableOf(stateOf(wallet))) };
  if (kind === 'wallet.overdue@1') return { ...about, step: 'blocked', amount: money(payload.overdueMinor) };
  const seller = await findWallet(sql, String(payload.sellerAgencyId));
  const message = seller?.agency_name ?? wallet.agency_name;
  return { ...about, step: 'short', amount: money(payload.shortfallMinor), message };
}

function topUpFacts(kind: string, row: TopUpRow, tenant: Tenant): Facts {
  const about = {
    agencyId: row.agency_id,
    agencyName: row.agency_name,
    parentName: row.parent_name ?? tenant.name,
    amount: { amount: row.amount_minor, currency: row.currency },
    reference: referenceOf(row.number),
    message: row.refusal,
  };
  if (kind === 'wallet.top_up_announced@1') return { ...about, step: 'announced', to: row.parent_id };
  return { ...about, step: kind === 'wallet.topped_up@1' ? 'credited' : 'refused', to: row.agency_id };
}
