import type { Database } from '../kernel/database/database.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import type { DeliveredEvent } from '../kernel/outbox/consumers.ts';
import { findWallet, type PeopleOf } from '../wallets/index.ts';
import { listReminded } from './repository.ts';

/** Events that an agency's administrators are mailed about. */
export const REMINDER_EVENTS: readonly string[] = ['invoice.reminded@1'];

/** A reminder, to one person. */
export interface ReminderNotice {
  recipient: string;
  brandId: string;
  locale: string;
  data: {
    recipientName: string;
    agencyName: string;
    parentName: string;
    level: string;
    items: { number?: string; reason?: string; dueOn: string; amount: ThemedAmount }[];
    total: ThemedAmount;
    url: string;
  };
}
interface ThemedAmount {
  amount: number;
  currency: string;
  exponent: number;
}

/** Finds out whom a reminder goes to and what it says. */
export function createReminderNotices({ database, peopleOf }: { database: Database; peopleOf: PeopleOf }) {
  return async ({ payload }: DeliveredEvent, tenant: Tenant): Promise<ReminderNotice[]> => {
    const sql = database.tenant(tenant);
    const agencyId = String(payload.agencyId);
    const wallet = await findWallet(sql, agencyId);
    if (!wallet) return [];
    const ids = Array.isArray(payload.reminderIds) ? payload.reminderIds.map(String) : [];
    const reminded = await listReminded(sql, agencyId, ids);
    const money = (amount: number) => ({
      amount,
      currency: wallet.currency,
      exponent: currencyExponent(wallet.currency),
    });
    const items = reminded.map((row) => ({
      ...(row.invoice_number === null ? { reason: row.reason ?? '–' } : { number: row.invoice_number }),
      dueOn: row.due_on,
      amount: money(row.open_minor),
    }));
    return (await peopleOf(sql, agencyId)).map(({ email, name, locale, brandId, origin }) => ({
      recipient: email,
      brandId,
      locale,
      data: {
        recipientName: name,
        agencyName: wallet.agency_name,
        parentName: wallet.parent_name ?? tenant.name,
        level: String(payload.level),
        items,
        total: money(reminded.reduce((sum, row) => sum + row.open_minor, 0)),
        url: `${origin}/console/agencies/${agencyId}/wallet`,
      },
    }));
  };
}
