import type { Command } from 'commander';
import { billTenant, endOfMonth, listPlatformInvoices, payInvoice, type PlatformInvoice } from '../../billing/index.ts';
import { currencyExponent } from '../../kernel/money-exponent.ts';
import { formatDecimalAmount } from '../../kernel/money.ts';
import { findTenantById, findTenantBySlug, listTenants } from '../../tenancy/index.ts';
import { withContext } from '../context.ts';
import { EXIT, print, table } from '../output.ts';

const view = (invoice: PlatformInvoice, tenant: string) => ({
  number: invoice.number,
  tenant,
  month: invoice.month,
  currency: invoice.currency,
  monthlyMinor: invoice.monthly_minor,
  feesMinor: invoice.fees_minor,
  takenMinor: invoice.taken_minor,
  totalMinor: invoice.total_minor,
  dueOn: invoice.due_on,
  paidAt: invoice.paid_at?.toISOString() ?? null,
});
type Row = ReturnType<typeof view>;

function lines(rows: readonly Row[]): string[] {
  if (rows.length === 0) return ['No invoices.'];
  const amount = (row: Row, minor: number) => formatDecimalAmount(minor, currencyExponent(row.currency));
  return table(
    ['NUMBER', 'TENANT', 'MONTH', 'PLAN', 'FEES', 'TAKEN', 'TOTAL', 'DUE', 'PAID'],
    rows.map((row) => [
      row.number,
      row.tenant,
      row.month,
      amount(row, row.monthlyMinor),
      amount(row, row.feesMinor),
      amount(row, row.takenMinor),
      `${amount(row, row.totalMinor)} ${row.currency}`,
      row.dueOn,
      row.paidAt?.slice(0, 10) ?? '–',
    ]),
  );
}

/** `portolan billing …`: what the platform invoices resellers by plan and fee. */
export function billingCommands(program: Command): void {
  const command = program.command('billing').description('what resellers owe the platform');
  command
    .command('close')
    .description('invoice every reseller for a month that is over; repeatable')
    .requiredOption('--month <month>', 'for example 2026-10')
    .option('--json', 'print JSON')
    .action((options: { month: string; json?: boolean }) =>
      withContext(Boolean(options.json), async ({ infra }) => {
        const now = infra.clock.now();
        const end = endOfMonth(options.month, now);
        const rows: Row[] = [];
        for (const { slug, state, createdAt } of await listTenants(infra.database.platform)) {
          // Nothing is invoiced for a month before there was a tenant.
          const tenant =
            createdAt < end && (state === 'active' || state === 'suspended')
              ? await findTenantBySlug(infra.database.platform, slug)
              : undefined;
          if (!tenant) continue;
          try {
            rows.push(view(await billTenant(infra.database, tenant, options.month, now), slug));
          } catch (error) {
            // One tenant's failure does not keep the others from being invoiced.
            console.error(`✖ ${slug}: ${(error as Error).message.split('\n')[0] ?? 'failed'}`);
            process.exitCode = EXIT.failed;
          }
        }
        print(Boolean(options.json), rows, () => lines(rows));
      }),
    );
  command
    .command('list')
    .description('invoices, newest month first')
    .option('--month <month>', 'of one month only')
    .option('--json', 'print JSON')
    .action((options: { month?: string; json?: boolean }) =>
      withContext(Boolean(options.json), async ({ infra }) => {
        if (options.month) endOfMonth(options.month, infra.clock.now());
        const found = await listPlatformInvoices(
          infra.database.platform,
          options.month ? { month: options.month } : {},
        );
        const rows = found.map((invoice) => view(invoice, invoice.slug ?? '–'));
        print(Boolean(options.json), rows, () => lines(rows));
      }),
    );
  command
    .command('paid <number>')
    .description('mark an invoice as paid')
    .requiredOption('--reference <text>', "the bank's or your own")
    .option('--json', 'print JSON')
    .action((number: string, options: { reference: string; json?: boolean }) =>
      withContext(Boolean(options.json), async ({ infra }) => {
        const { platform } = infra.database;
        const given = { number, reference: options.reference, now: infra.clock.now() };
        const invoice = await payInvoice(infra.database, (id) => findTenantById(platform, id), given);
        const slug = (await findTenantById(platform, invoice.tenant_id))?.slug ?? '–';
        print(Boolean(options.json), view(invoice, slug), () => lines([view(invoice, slug)]));
      }),
    );
}
