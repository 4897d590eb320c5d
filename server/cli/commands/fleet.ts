import type { Command } from 'commander';
import { sealFleet } from '../../app/seal-fleet.ts';
import { loadMigrations } from '../../kernel/database/migrations.ts';
import { q } from '../../kernel/database/builder.ts';
import { loadConfig } from '../../kernel/config.ts';
import { migrateFleet } from '../../tenancy/index.ts';
import { verifyVerifactu } from '../../invoicing/index.ts';
import { verifyLedger } from '../../ledger/index.ts';
import { verifyWallets } from '../../wallets/index.ts';
import { getTenant, withContext } from '../context.ts';
import { EXIT, print, report, table } from '../output.ts';
import { createProgress } from '../progress.ts';

/** `portolan migrate …`, `ledger verify`, `verifactu verify`, `domain list`, `user invite`, `doctor`. */
export function fleetCommands(program: Command): void {
  const migrate = program.command('migrate').description('schema versions');
  migrate
    .command('up')
    .description('bring the control plane and every tenant to the newest version')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const json = Boolean(options.json);
      try {
        const progress = createProgress(1, true);
        const config = loadConfig();
        const migrated = await migrateFleet(config, () => progress.step(''));
        const { sealed, failed } = await sealFleet(config);
        const result = { ...migrated, sealed, failed: [...migrated.failed, ...failed] };
        print(json, result, () => [
          `✔ control plane: ${result.platform.length === 0 ? 'up to date' : result.platform.join(', ')}`,
          `✔ tenants migrated: ${result.migrated.length}`,
          ...result.sealed.map(({ slug, rows }) => `✔ ${slug}: ${rows} rows sealed`),
          ...result.failed.map((one) => `✖ ${one.slug}: ${one.error}`),
        ]);
        if (result.failed.length > 0) process.exitCode = EXIT.failed;
      } catch (error) {
        process.exitCode = report(error, json);
      }
    });
  migrate
    .command('status')
    .description('which version each tenant has')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withContext(Boolean(options.json), async ({ infra }) => {
        const newest = (await loadMigrations('tenant')).at(-1)?.version ?? '';
        const rows = await infra.database.platform.all<{ slug: string; version: string | null }>(
          q('platform.tenants as t')
            .leftJoin('platform.tenant_migrations as m', 'm.tenant_id', 't.id')
            .groupBy('t.slug')
            .orderBy('t.slug')
            .select('t.slug', q.raw('max(m.version) as version')),
        );
        print(Boolean(options.json), { newest, tenants: rows }, () =>
          table(
            ['TENANT', 'VERSION', ''],
            rows.map((row) => [row.slug, row.version ?? '–', row.version === newest ? 'up to date' : 'behind']),
          ),
        );
      }),
    );

  program
    .command('ledger')
    .description('the books')
    .command('verify <slug>')
    .description(
      "recompute the journal's hash chain, every balance and every sum, and compare each wallet with its account",
    )
    .option('--json', 'print JSON')
    .action((slug: string, options: { json?: boolean }) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const result = await context.infra.database.withTenant(tenant, async (sql) => ({
          ...(await verifyLedger(sql)),
          ...(await verifyWallets(sql)),
        }));
        const [first] = result.differences;
        const sound = result.brokenAt === undefined && result.imbalances.length === 0 && !first;
        print(Boolean(options.json), result, () => [
          sound
            ? `✔ ${result.transactions} transactions: chain whole, every book sums to zero, ${result.wallets} wallets agree`
            : `✖ the books of ${slug} do not hold: ${JSON.stringify(result)}`,
          ...(first
            ? [
                `✖ first wallet apart: ${first.agencyName} has ${first.balance} ${first.currency}, the ledger ${first.ledger}`,
              ]
            : []),
        ]);
        if (!sound) process.exitCode = EXIT.failed;
      }),
    );

  program
    .command('verifactu')
    .description("records of invoices for Spain's tax agency")
    .command('verify <slug>')
    .description('recompute the hash chain of every issuer')
    .option('--json', 'print JSON')
    .action((slug: string, options: { json?: boolean }) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const chains = await context.infra.database.withTenant(tenant, verifyVerifactu);
        print(Boolean(options.json), chains, () =>
          chains.length === 0
            ? [`✔ no issuer of ${slug} keeps records`]
            : chains.map(({ nif, records, brokenAt }) =>
                brokenAt === undefined
                  ? `✔ ${nif}: ${records} records, chain whole`
                  : `✖ ${nif}: record ${brokenAt} is not what was written`,
              ),
        );
        if (chains.some(({ brokenAt }) => brokenAt !== undefined)) process.exitCode = EXIT.failed;
      }),
    );

  program
    .command('domain')
    .description('hosts')
    .command('list <slug>')
    .description('hosts of a tenant')
    .option('--json', 'print JSON')
    .action((slug: string, options: { json?: boolean }) =>
      withContext(Boolean(options.json), async (context) => {
        const tenant = await getTenant(context, slug);
        const rows = await context.infra.database.platform.all<{ hostname: string; state: string }>(
          q('platform.domains').where({ tenant_id: tenant.id }).orderBy('hostname').select('hostname', 'state'),
        );
        print(Boolean(options.json), rows, () =>
          table(
            ['HOST', 'STATE'],
            rows.map((row) => [row.hostname, row.state]),
          ),
        );
      }),
    );

  program
    .command('doctor')
    .description('whether everything Portolan depends on answers')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withContext(Boolean(options.json), async ({ infra }) => {
        const checks = await Promise.all(
          Object.entries({ postgresql: () => infra.database.ping(), redis: () => infra.redis.ping() }).map(
            async ([name, check]) => ({
              name,
              result: await check().then(
                () => 'ok',
                (error: Error) => error.message,
              ),
            }),
          ),
        );
        print(Boolean(options.json), checks, () =>
          checks.map((check) => `${check.result === 'ok' ? '✔' : '✖'} ${check.name.padEnd(12)} ${check.result}`),
        );
        if (checks.some((check) => check.result !== 'ok')) process.exitCode = EXIT.failed;
      }),
    );
}
