import type { Database } from '../kernel/database/database.ts';
import type { Sql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import { readNetwork } from '../invoicing/index.ts';
import { buildPlatformInvoice, buildPlatformPayment, postTransaction, readPlatformFees } from '../ledger/index.ts';
import { EarlierMonthOpen, InvoiceUnknown, LaterMonthBilled, MonthNotOver, PlanCurrencyDiffers } from './errors.ts';
import {
  findByNumber,
  findOfMonth,
  firstOpenMonth,
  insertInvoice,
  invoicedBefore,
  lastInvoicedMonth,
  markPaid,
  planOf,
  takeNumber,
  type PlatformInvoice,
} from './repository.ts';

const DAYS_TO_PAY = 30;
const DAY_MS = 86_400_000;

/** First instant after a month like `2026-10` (UTC). @throws MonthNotOver */
export function endOfMonth(month: string, now: Date): Date {
  const [, year = '', number = ''] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  const end = new Date(Date.UTC(Number(year), Number(number), 1));
  if (year === '' || end > now) throw MonthNotOver({ month });
  return end;
}

/**
 * Invoices a tenant for a month, once: the plan's monthly fee and the fees of its sales up to the month's end that no earlier invoice took up,
 * less what card payments brought the platform already. So the invoices sum to what the ledger says, to the cent; what is posted late stands on
 * the next. The number is taken in the transaction that writes the invoice, so that the series has no gap; the posting into the reseller's book
 * follows and is made good by a repeat. @throws MonthNotOver, LaterMonthBilled, EarlierMonthOpen, PlanCurrencyDiffers
 */
export async function billTenant(
  database: Database,
  tenant: Tenant,
  month: string,
  now: Date,
): Promise<PlatformInvoice> {
  const end = endOfMonth(month, now);
  const invoice =
    (await findOfMonth(database.platform, tenant.id, month)) ?? (await issue(database, tenant, { month, end, now }));
  // An invoice over nothing has nothing to post.
  if (invoice.monthly_minor === 0 && invoice.fees_minor === invoice.taken_minor) return invoice;
  await database.withTenant(tenant, (sql) =>
    postTransaction(
      sql,
      buildPlatformInvoice({
        invoiceId: invoice.id,
        currency: invoice.currency,
        monthly: invoice.monthly_minor,
        fees: invoice.fees_minor,
        taken: invoice.taken_minor,
      }),
      {
        occurredAt: new Date(end.getTime() - 1),
        whenClosed: 'move',
        description: `Platform invoice ${invoice.number}`,
      },
    ),
  );
  return invoice;
}

async function issue(
  database: Database,
  tenant: Tenant,
  { month, end, now }: { month: string; end: Date; now: Date },
): Promise<PlatformInvoice> {
  const sql = database.tenant(tenant);
  const ledger = await readPlatformFees(sql, tenant.currency, end);
  const { name, taxId, address } = (await readNetwork(sql, [])).partyOf(null);
  return database.platform
    .transaction(async (platform) => {
      const year = now.getUTCFullYear();
      const number = await takeNumber(platform, year);
      // Under the series' lock: whoever came second finds the first one's.
      const before = await findOfMonth(platform, tenant.id, month);
      if (before) throw new AlreadyIssued(before);
      await assertInOrder(platform, tenant, month);
      const plan = must(await planOf(platform, tenant.plan.code), `plan ${tenant.plan.code}`);
      if (plan.monthly_minor > 0 && plan.monthly_currency !== tenant.currency)
        throw PlanCurrencyDiffers({
          tenant: tenant.slug,
          plan: plan.code,
          planCurrency: plan.monthly_currency,
          currency: tenant.currency,
        });
      const earlier = await invoicedBefore(platform, tenant.id, month);
      const fees = ledger.fees - earlier.fees;
      const taken = ledger.taken - earlier.taken;
      const invoice = {
        id: newId(),
        tenant_id: tenant.id,
        month,
        number: `P-${year}-${String(number).padStart(6, '0')}`,
        plan: plan.code,
        plan_name: plan.name,
        customer: { name, taxId, address },
        currency: tenant.currency,
        monthly_minor: plan.monthly_minor,
        fees_minor: fees,
        taken_minor: taken,
        total_minor: plan.monthly_minor + fees - taken,
        issued_at: now,
        due_on: new Date(now.getTime() + DAYS_TO_PAY * DAY_MS).toISOString().slice(0, 10),
      };
      await insertInvoice(platform, invoice);
      return { ...invoice, paid_at: null, payment_reference: null };
    })
    .catch((error: unknown) => {
      if (error instanceof AlreadyIssued) return error.invoice;
      throw error;
    });
}

/** Under the series' lock. @throws LaterMonthBilled, EarlierMonthOpen */
async function assertInOrder(platform: Sql, tenant: Tenant, month: string): Promise<void> {
  const last = await lastInvoicedMonth(platform, tenant.id);
  if (last !== null && last > month) throw LaterMonthBilled({ tenant: tenant.slug, month });
  const first = await firstOpenMonth(platform, tenant.id);
  if (first < month) throw EarlierMonthOpen({ tenant: tenant.slug, month, first });
}

/** Takes the transaction back, and with it the number. */
class AlreadyIssued extends Error {
  readonly invoice: PlatformInvoice;
  constructor(invoice: PlatformInvoice) {
    super('issued by another run');
    this.invoice = invoice;
  }
}

/** Marks an invoice as paid and posts it in the reseller's book, once. @throws InvoiceUnknown */
export async function payInvoice(
  database: Database,
  tenantOf: (id: string) => Promise<Tenant | undefined>,
  given: { number: string; reference: string; now: Date },
): Promise<PlatformInvoice> {
  const found = await findByNumber(database.platform, given.number);
  if (!found) throw InvoiceUnknown({ number: given.number });
  await markPaid(database.platform, found.id, given.reference, given.now);
  const tenant = must(await tenantOf(found.tenant_id), `tenant of ${found.number}`);
  const invoice = must(await findByNumber(database.platform, given.number), found.number);
  if (invoice.total_minor === 0) return invoice;
  await database.withTenant(tenant, (sql) =>
    postTransaction(
      sql,
      buildPlatformPayment({ invoiceId: invoice.id, currency: invoice.currency, total: invoice.total_minor }),
      { occurredAt: invoice.paid_at ?? given.now, whenClosed: 'move', description: `Payment of ${invoice.number}` },
    ),
  );
  return invoice;
}
