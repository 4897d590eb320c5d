import { InvalidArgumentError, type Command } from 'commander';
import { standaloneReconciliation } from '../../app/reconcile.ts';
import { getTenant, recordCommand, withContext } from '../context.ts';
import { print } from '../output.ts';

function parseDay(text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
  if (!isDay) throw new InvalidArgumentError('Write a day as 2026-11-24 (UTC).');
  return text;
}

/** `portolan reconcile`: compares a day that is over with the payment service and the suppliers. */
export function reconcileCommands(program: Command): void {
  program
    .command('reconcile <slug>')
    .description('compare the books of a day with the payment service and the suppliers; a second run changes nothing')
    .option('--day <day>', 'a UTC day that is over; yesterday when left out', parseDay)
    .option('--json', 'print JSON')
    .action((slug: string, options: { day?: string; json?: boolean }) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const reconciliation = standaloneReconciliation(context.infra, context.onboarding.hosts.brandOf);
        const report = await reconciliation.reconcileDay(tenant, options.day ?? reconciliation.lastDay());
        await recordCommand(context, tenant, {
          action: 'cli.reconcile',
          subject: { type: 'Reconciliation', label: report.day },
        });
        print(Boolean(options.json), { tenant: slug, ...report }, () => [
          `✔ ${report.day}: ${report.compared} compared, ${report.opened} new cases, ${report.healed} healed, ${report.unmatched} unsettled in all`,
          ...(report.unanswered > 0
            ? [`  ${report.unanswered} bookings: the supplier did not answer; run it again`]
            : []),
        ]);
      }),
    );
}
