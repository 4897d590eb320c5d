import { findAgency } from '../agencies/index.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import type { DeliveredEvent } from '../kernel/outbox/consumers.ts';
import { findStatement, statementNumber } from '../settlement/index.ts';
import type { Mails } from '../themes/index.ts';

/** Events an agency's administrators are mailed about: its tier, its statements. */
export const AGENCY_NOTICE_EVENTS: readonly string[] = [
  'agency.tier_changed@1',
  'settlement.approved@1',
  'commission.paid@1',
  'payout.returned@1',
];

/** Somebody who answers for an agency, and where that person signs in. */
interface Person {
  email: string;
  name: string;
  locale: string;
  brandId: string;
  origin: string;
}

interface AgencyNotice {
  recipient: string;
  brandId: string;
  locale: string;
  data: Mails['agency-notice'];
}

type Facts = Omit<Mails['agency-notice'], 'recipientName' | 'url'> & { agencyId: string; page: string };

/** Finds out who of an agency is told of an event, and what; nobody, where there is nothing to tell. */
export function createAgencyNotices(deps: {
  database: Database;
  peopleOf(sql: TenantSql, agencyId: string | null): Promise<Person[]>;
}) {
  return async (event: DeliveredEvent, tenant: Tenant): Promise<AgencyNotice[]> => {
    const sql = deps.database.tenant(tenant);
    const facts = await (event.kind === 'agency.tier_changed@1' ? tierFacts(sql, event) : statementFacts(sql, event));
    if (!facts) return [];
    const { agencyId, page, ...rest } = facts;
    return (await deps.peopleOf(sql, agencyId)).map(({ email, name, locale, brandId, origin }) => ({
      recipient: email,
      brandId,
      locale,
      data: { ...rest, recipientName: name, url: `${origin}/console/${page}` },
    }));
  };
}

async function tierFacts(sql: TenantSql, { payload }: DeliveredEvent): Promise<Facts | undefined> {
  const agency = await findAgency(sql, String(payload.agencyId));
  const tier = String(payload.after);
  return agency && { agencyId: agency.id, agencyName: agency.name, step: 'tier', tier, page: `agencies/${agency.id}` };
}

const STEPS: Readonly<Record<string, string>> = {
  'settlement.approved@1': 'approved',
  'commission.paid@1': 'paid',
  'payout.returned@1': 'returned',
};

async function statementFacts(sql: TenantSql, { kind, payload }: DeliveredEvent): Promise<Facts | undefined> {
  const statement = await findStatement(sql, String(payload.statementId));
  const step = STEPS[kind];
  // A statement that only carries a sum on moves no money.
  if (!statement || step === undefined || statement.payout_minor === 0) return undefined;
  const { currency } = statement;
  return {
    agencyId: statement.agency_id,
    agencyName: statement.agency_name,
    step,
    number: statementNumber(statement.number),
    amount: { amount: statement.payout_minor, currency, exponent: currencyExponent(currency) },
    page: `money/settlements/${statement.id}`,
  };
}
