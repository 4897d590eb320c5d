import type { Command } from 'commander';
import { AppError } from '../../kernel/errors.ts';
import { listBrandRows, toBrand } from '../../tenancy/index.ts';
import { publicOrigin } from '../../kernel/config.ts';
import { must } from '../../kernel/must.ts';
import { getTenant, recordCommand, withContext } from '../context.ts';
import { print } from '../output.ts';

/** `portolan user invite`: a reseller's administrator, invited by the operator. */
export function userCommands(program: Command): void {
  program
    .command('user')
    .description('people of a tenant')
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
        const sql = context.infra.database.tenant(tenant);
        const row = (await listBrandRows(sql)).find((brand) => brand.agency_id === null);
        const brand = toBrand(must(row, `the brand of ${slug}`), (hostname) =>
          publicOrigin(context.infra.config, hostname),
        );
        const { url } = await context.infra.database.withTenant(tenant, (tx) =>
          context.onboarding.identity.inviteUser(tx, tenant, brand, {
            email,
            role: 'reseller_admin',
            agencyId: null,
            invitedBy: null,
          }),
        );
        await recordCommand(context, tenant, {
          action: 'cli.user.invite',
          subject: { type: 'Invitation', label: email },
          details: { role: 'reseller_admin' },
        });
        print(Boolean(options.json), { email, url }, () => [`✔ invited ${email}`, `  ${url}`]);
      }),
    );
}
