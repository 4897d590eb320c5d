import { createInfrastructure, type Infrastructure } from '../app/infrastructure.ts';
import { createOnboarding, type Onboarding } from '../app/onboarding.ts';
import { loadConfig } from '../kernel/config.ts';
import { findTenantBySlug, TenantUnknown } from '../tenancy/index.ts';
import { report } from './output.ts';

export interface CliContext {
  infra: Infrastructure;
  onboarding: Onboarding;
}

/** Opens what a command needs, runs it, closes, sets the exit code. */
export async function withContext(json: boolean, work: (context: CliContext) => Promise<void>): Promise<void> {
  let infra: Infrastructure | undefined;
  try {
    infra = createInfrastructure(loadConfig({ ...process.env, LOG_LEVEL: 'fatal' }), 'cli');
    await work({ infra, onboarding: createOnboarding(infra) });
  } catch (error) {
    process.exitCode = report(error, json);
  } finally {
    await infra?.close();
  }
}

/** A tenant by slug. @throws TenantUnknown */
export async function getTenant({ infra }: CliContext, slug: string) {
  const tenant = await findTenantBySlug(infra.database.platform, slug);
  if (!tenant) throw TenantUnknown({ slug });
  return tenant;
}
