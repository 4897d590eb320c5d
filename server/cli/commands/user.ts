import type { Command } from 'commander';
import { AppError } from '../../kernel/errors.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { IMPERSONATION_MINUTES } from '../../identity/index.ts';
import { listBrandRows, toBrand } from '../../tenancy/index.ts';
import { publicOrigin } from '../../kernel/config.ts';
import { must } from '../../kernel/must.ts';
import { getTenant, operatorName, recordCommand, withContext, withRecord, type CliContext } from '../context.ts';
import { print } from '../output.ts';

/** `portolan user`: inviting a reseller's administrator; acting as one of a tenant's people. */
export function userCommands(program: Command): void {
  const user = program.command('user').description('people of a tenant');
  user
    .command('invite <slug> <email>')
    .description('invite an administrator of the reseller')
    .option('--role <role>', 'reseller_admin', 'reseller_admin')
    .option('--json', 'print JSON')
    .action((slug: string, email: string, options: { role: string; json?: boolean }) =>
      withContext(Boolean(options.json), async (context) => {
        if (options.role !== 'reseller_admin')
          throw new AppError(
            { code: 'cli.role', status: 400, title: 'Unknown role' },
            `Operators invite reseller_admin only; the reseller invites everybody else in its console.`,
          );
        const tenant = await getTenant(context, slug);
        const brands = await brandsOf(context, tenant);
        const brand = must(
          brands.find(({ agencyId }) => agencyId === null),
          `the brand of ${slug}`,
        );
        const { url } = await context.infra.database.withTenant(tenant, async (tx) => {
          const invited = await context.onboarding.identity.inviteUser(tx, tenant, brand, {
            email,
            role: 'reseller_admin',
            agencyId: null,
            invitedBy: null,
          });
          const subject = { type: 'Invitation', label: email };
          const details = { role: 'reseller_admin' };
          await recordCommand(context, tenant, { action: 'cli.user.invite', subject, details }, tx);
          return invited;
        });
        print(Boolean(options.json), { email, url }, () => [`✔ invited ${email}`, `  ${url}`]);
      }),
    );
  user
    .command('impersonate <slug> <email>')
    .description('a link, good once and for five minutes, to act as a person; the tenant reads of it in its audit log')
    .requiredOption('--reason <text>', 'why, for the tenant to read')
    .option(
      '--minutes <number>',
      `how long, ${IMPERSONATION_MINUTES.most} at most`,
      String(IMPERSONATION_MINUTES.usual),
    )
    .option('--operator <name>', 'who acts; the account of this machine when left out')
    .option('--json', 'print JSON')
    .action((slug: string, email: string, options: ImpersonateOptions) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const operator = (options.operator ?? operatorName()).trim();
        const [minutes, reason] = [Number(options.minutes), options.reason.trim()];
        const request = { email, operator, reason, minutes };
        const brands = await brandsOf(context, tenant);
        const subject = { type: 'User', label: email };
        const { url, linkExpiresAt } = await withRecord(
          context,
          tenant,
          { action: 'cli.user.impersonate', subject, details: { reason, minutes } },
          () => context.onboarding.identity.issueImpersonationLink(tenant, brands, request),
          operator,
        );
        print(Boolean(options.json), { email, url, minutes, operator, linkExpiresAt }, () => [
          `✔ open within five minutes, once, to act as ${email} for ${minutes} minutes`,
          `  ${url}`,
        ]);
      }),
    );
}

interface ImpersonateOptions {
  reason: string;
  minutes: string;
  operator?: string;
  json?: boolean;
}

async function brandsOf({ infra }: CliContext, tenant: Tenant) {
  const rows = await listBrandRows(infra.database.tenant(tenant));
  return rows.map((row) => toBrand(row, (hostname) => publicOrigin(infra.config, hostname)));
}
