import { json, q } from '../kernel/database/builder.ts';
import { publicOrigin } from '../kernel/config.ts';
import { createRateLimiter } from '../kernel/http/rate-limit.ts';
import { aroundIdentityEvents, createAudit, recordIdentityEvents } from '../audit/index.ts';
import { createIdentity, findOpenInvitation } from '../identity/index.ts';
import { ensureResellerBook } from '../ledger/index.ts';
import { seedDefaultRule } from '../pricing/index.ts';
import { createHostResolver, provisionTenant, type ProvisionInput, type TenantSeeder } from '../tenancy/index.ts';
import { createThemes } from '../themes/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import { paths } from './paths.ts';

/** The modules that provisioning a tenant needs, and nothing of the rest: what the CLI and the seed start with. */
export function createOnboarding(infra: Infrastructure) {
  const { config, database, redis, subscriber, vault, clock, log, metrics } = infra;
  const originOf = (hostname: string) => publicOrigin(config, hostname);
  const themes = createThemes({ root: paths.themes, production: config.NODE_ENV === 'production' });
  const hosts = createHostResolver({ database, redis, subscriber, originOf, metrics });
  const audit = createAudit({ database, vault, clock, log, metrics });
  const identity = createIdentity({
    config,
    database,
    redis,
    vault,
    clock,
    log,
    themes,
    rateLimiter: createRateLimiter(redis),
    onIdentityEvent: recordIdentityEvents(audit.record),
    aroundIdentityEvent: aroundIdentityEvents(audit.around),
    guardedFetch: infra.guardedFetch,
    resolver: infra.resolver,
  });
  const installedThemes = themes.list().map((theme) => theme.name);

  const seeders: TenantSeeder[] = [
    {
      step: 'keys',
      run: ({ sql, tenant }) => identity.seedTenant(sql, tenant, vault.forTenant(tenant.id, tenant.wrappedDataKey)),
    },
    { step: 'books', run: ({ sql }) => ensureResellerBook(sql) },
    { step: 'pricing', run: ({ sql }) => seedDefaultRule(sql) },
    {
      step: 'invitation',
      async run({ sql, tenant, brand, adminEmail }) {
        if (!adminEmail) return;
        if (!(await findOpenInvitation(sql, adminEmail.toLowerCase())))
          await identity.inviteUser(sql, tenant, brand, {
            email: adminEmail,
            role: 'reseller_admin',
            agencyId: null,
            invitedBy: null,
          });
      },
    },
  ];

  return {
    themes,
    hosts,
    audit,
    identity,
    installedThemes,
    provision: (input: ProvisionInput, onStep?: (step: string) => void) =>
      provisionTenant(
        {
          config,
          database,
          vault,
          installedThemes,
          originOf,
          seeders,
          invalidateHost: hosts.invalidate,
          ...(onStep ? { onStep } : {}),
        },
        input,
      ),
    /** Legal data and look of a brand, for seeds. */
    setBrand: (
      sql: Parameters<TenantSeeder['run']>[0]['sql'],
      brandId: string,
      change: { legal?: Record<string, string>; settings?: Record<string, string>; default_locale?: string },
    ) =>
      sql.run(
        q('brands')
          .where({ id: brandId })
          .update({
            ...(change.legal ? { legal: json(change.legal) } : {}),
            ...(change.settings ? { settings: json(change.settings) } : {}),
            ...(change.default_locale ? { default_locale: change.default_locale } : {}),
          }),
      ),
  };
}

export type Onboarding = ReturnType<typeof createOnboarding>;
