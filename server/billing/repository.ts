import { json, q } from '../kernel/database/builder.ts';
import type { Sql } from '../kernel/database/sql.ts';

export interface PlatformInvoice {
  id: string;
  tenant_id: string;
  /** `2026-11`. */
  month: string;
  number: string;
  /** Of the tenant, for the command line. */
  slug?: string;
  plan: string;
  plan_name: string;
  customer: { name: string; taxId: string | null; address: string | null };
  currency: string;
  monthly_minor: number;
  fees_minor: number;
  taken_minor: number;
  total_minor: number;
  issued_at: Date;
  /** ISO date. */
  due_on: string;
  paid_at: Date | null;
  payment_reference: string | null;
}

const invoices = () =>
  q('platform.platform_invoices as i')
    .join('platform.tenants as t', 't.id', 'i.tenant_id')
    .select(
      'i.*',
      't.slug',
      q.raw("to_char(i.month, 'YYYY-MM') as month"),
      q.raw("to_char(i.due_on, 'YYYY-MM-DD') as due_on"),
    );

export const findOfMonth = (sql: Sql, tenantId: string, month: string): Promise<PlatformInvoice | undefined> =>
  sql.one<PlatformInvoice>(invoices().where({ 'i.tenant_id': tenantId, 'i.month': `${month}-01` }));

export const findByNumber = (sql: Sql, number: string): Promise<PlatformInvoice | undefined> =>
  sql.one<PlatformInvoice>(invoices().where({ number }));

export const findOwn = (sql: Sql, tenantId: string, id: string): Promise<PlatformInvoice | undefined> =>
  sql.one<PlatformInvoice>(invoices().where({ 'i.tenant_id': tenantId, 'i.id': id }));

/** Of one tenant or of all, the newest month first. */
export const listInvoices = (sql: Sql, of: { tenantId?: string; month?: string }): Promise<PlatformInvoice[]> => {
  const query = invoices().orderBy('i.month', 'desc').orderBy('i.number');
  if (of.tenantId) void query.where('i.tenant_id', of.tenantId);
  if (of.month) void query.where('i.month', `${of.month}-01`);
  return sql.all<PlatformInvoice>(query);
};

/** What earlier invoices took up of a tenant's fees. */
export async function invoicedBefore(
  sql: Sql,
  tenantId: string,
  month: string,
): Promise<{ fees: number; taken: number }> {
  const row = await sql.one<{ fees: number; taken: number }>(
    q('platform.platform_invoices')
      .where({ tenant_id: tenantId })
      .where('month', '<', `${month}-01`)
      .select(
        q.raw('coalesce(sum(fees_minor), 0)::bigint as fees'),
        q.raw('coalesce(sum(taken_minor), 0)::bigint as taken'),
      ),
  );
  return row ?? { fees: 0, taken: 0 };
}

/** The newest month of a tenant that has an invoice, like `2026-10`; null while none has. */
export const lastInvoicedMonth = async (sql: Sql, tenantId: string): Promise<string | null> =>
  (
    await sql.one<{ last: string | null }>(
      q('platform.platform_invoices')
        .where({ tenant_id: tenantId })
        .select(q.raw("to_char(max(month), 'YYYY-MM') as last")),
    )
  )?.last ?? null;

/** The month after a tenant's last invoice, or the one it began in (UTC). */
export async function firstOpenMonth(sql: Sql, tenantId: string): Promise<string> {
  const row = await sql.one<{ first: string }>(
    q('platform.tenants as t')
      .where({ id: tenantId })
      .select(
        q.raw(
          `to_char(coalesce(
             (select max(i.month) + interval '1 month' from platform.platform_invoices i where i.tenant_id = t.id),
             t.created_at at time zone 'UTC'
           ), 'YYYY-MM') as first`,
        ),
      ),
  );
  if (!row) throw new Error(`There is no tenant ${tenantId}`);
  return row.first;
}

/** Locks the year's series until the transaction ends and takes its next number. */
export async function takeNumber(sql: Sql, year: number): Promise<number> {
  const row = await sql.one<{ taken: number }>(
    q.raw(
      `insert into platform.platform_invoice_series as s (year, next_number) values (?, 2)
       on conflict (year) do update set next_number = s.next_number + 1 returning next_number - 1 as taken`,
      [year],
    ),
  );
  if (!row) throw new Error(`The platform's series of ${year} could not be locked`);
  return row.taken;
}

export async function insertInvoice(
  sql: Sql,
  invoice: Omit<PlatformInvoice, 'paid_at' | 'payment_reference'>,
): Promise<void> {
  await sql.run(
    q('platform.platform_invoices').insert({
      ...invoice,
      month: `${invoice.month}-01`,
      customer: json(invoice.customer),
    }),
  );
}

export const markPaid = (sql: Sql, id: string, reference: string, at: Date): Promise<number> =>
  sql.run(
    q('platform.platform_invoices')
      .where({ id })
      .whereNull('paid_at')
      .update({ paid_at: at, payment_reference: reference }),
  );

export const planOf = (
  sql: Sql,
  code: string,
): Promise<{ code: string; name: string; monthly_minor: number; monthly_currency: string | null } | undefined> =>
  sql.one(q('platform.plans').where({ code }).select('code', 'name', 'monthly_minor', 'monthly_currency'));
