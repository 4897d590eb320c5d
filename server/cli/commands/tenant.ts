import type { Command } from 'commander';
import { q } from '../../kernel/database/builder.ts';
import { AppError } from '../../kernel/errors.ts';
import { listTenants, setTenantState } from '../../tenancy/index.ts';
import { getTenant, recordCommand, withContext, withRecord } from '../context.ts';
import { print, table } from '../output.ts';
import { createProgress } from '../progress.ts';

const STEPS = ['schema', 'brand', 'keys', 'books', 'pricing', 'invitation', 'domain', 'active'];

interface CreateOptions {
  slug: string;
  name: string;
  host: string;
  theme: string;
  adminEmail?: string;
  plan?: string;
  currency?: string;
  locale?: string;
  json?: boolean;
}

/** `portolan tenant …`: resellers, made and looked after by operators. */
export function tenantCommands(program: Command): void {
  const tenant = program.command('tenant').description('resellers');

  tenant
    .command('create')
    .description(
      'make a reseller: schema, role, keys, theme, host, invitation (running it again finishes a half-made one)',
    )
    .requiredOption('--slug <slug>', '2 to 30 of a-z, 0-9 and -, starting with a letter')
    .requiredOption('--name <name>', 'name people read')
    .requiredOption('--host <host>', 'host of its storefront and console, e.g. travel.example.com')
    .option('--admin-email <email>', 'who is invited as its first administrator')
    .option('--theme <theme>', 'theme of its storefront', 'meridiano')
    .option('--plan <plan>', 'what the operator charges', 'standard')
    .option('--currency <code>', 'currency it sells in', 'EUR')
    .option('--locale <locale>', 'en or es', 'en')
    .option('--json', 'print JSON')
    .action((options: CreateOptions) =>
      withContext(Boolean(options.json), async (context) => {
        const { onboarding } = context;
        checkEmail(options.adminEmail);
        const progress = createProgress(STEPS.length, Boolean(options.json));
        const { tenant: made, brand, resumed } = await onboarding.provision(options, (step) => progress.step(step));
        progress.end();
        await recordCommand(context, made, {
          action: 'cli.tenant.create',
          subject: { type: 'Tenant', id: made.id, label: made.name },
          details: { slug: made.slug, host: brand.hostname, resumed },
        });
        const data = {
          id: made.id,
          slug: made.slug,
          name: made.name,
          host: brand.hostname,
          url: brand.origin,
          console: `${brand.origin}/console`,
          state: made.state,
          resumed,
        };
        print(Boolean(options.json), data, () => [
          `✔ ${made.name} is ${resumed ? 'finished' : 'ready'}: ${brand.origin}`,
          `  console  ${brand.origin}/console`,
          ...(options.adminEmail ? [`  invited  ${options.adminEmail}`] : []),
        ]);
      }),
    );

  tenant
    .command('list')
    .description('all resellers')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withContext(Boolean(options.json), async ({ infra }) => {
        const tenants = await listTenants(infra.database.platform);
        print(Boolean(options.json), tenants, () =>
          tenants.length === 0
            ? ['No tenants yet: portolan tenant create --help']
            : table(
                ['SLUG', 'NAME', 'STATE', 'PLAN', 'HOSTS'],
                tenants.map((one) => [one.slug, one.name, one.state, one.plan, one.hosts.join(' ')]),
              ),
        );
      }),
    );

  tenant
    .command('show <slug>')
    .description('one reseller')
    .option('--json', 'print JSON')
    .action((slug: string, options: { json?: boolean }) =>
      withContext(Boolean(options.json), async (context) => {
        const found = await getTenant(context, slug);
        const sql = context.infra.database.platform;
        const domains = await sql.all<{ hostname: string; state: string }>(
          q('platform.domains').where({ tenant_id: found.id }).orderBy('hostname').select('hostname', 'state'),
        );
        const versions = await sql.one<{ count: number; last: string }>(
          q('platform.tenant_migrations')
            .where({ tenant_id: found.id })
            .select(q.raw('count(*)::int as count, max(version) as last')),
        );
        const data = {
          id: found.id,
          slug,
          name: found.name,
          state: found.state,
          plan: found.plan.code,
          schema: found.schema,
          cell: found.cell,
          theme: found.theme,
          currency: found.currency,
          schemaVersion: versions?.last ?? null,
          createdAt: found.createdAt,
          domains,
        };
        print(Boolean(options.json), data, () =>
          Object.entries(data).map(
            ([key, value]) =>
              `${key.padEnd(14)} ${Array.isArray(value) ? domains.map((domain) => `${domain.hostname} (${domain.state})`).join(', ') : value instanceof Date ? value.toISOString() : String(value)}`,
          ),
        );
      }),
    );

  for (const [verb, state, done] of [
    ['suspend', 'suspended', 'is suspended: its hosts answer 503'],
    ['resume', 'active', 'serves again'],
  ] as const) {
    tenant
      .command(`${verb} <slug>`)
      .description(
        verb === 'suspend' ? 'stop serving a reseller; nothing is deleted' : 'serve a suspended reseller again',
      )
      .option('--json', 'print JSON')
      .action((slug: string, options: { json?: boolean }) =>
        withContext(Boolean(options.json), async (context) => {
          const found = await getTenant(context, slug);
          const subject = { type: 'Tenant', id: found.id, label: found.name };
          const details = { before: found.state, after: state };
          await withRecord(context, found, { action: `cli.tenant.${verb}`, subject, details }, async () => {
            const changed = await setTenantState(context.infra.database.platform, slug, state);
            if (changed === 0)
              throw new AppError(
                { code: 'tenancy.state', status: 409, title: 'Not now' },
                `${slug} is ${found.state}; only an active or suspended tenant can be changed.`,
              );
          });
          const hosts = await context.infra.database.platform.all<{ hostname: string }>(
            q('platform.domains').where({ tenant_id: found.id }).select('hostname'),
          );
          for (const { hostname } of hosts) await context.onboarding.hosts.invalidate(hostname);
          print(Boolean(options.json), { slug, state }, () => [`✔ ${found.name} ${done}`]);
        }),
      );
  }
}

function checkEmail(email: string | undefined): void {
  if (email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw new AppError(
      { code: 'cli.email', status: 400, title: 'Not an address' },
      `"${email}" is not an e-mail address.`,
    );
  }
}
