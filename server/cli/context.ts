import { hostname, userInfo } from 'node:os';
import { createInfrastructure, type Infrastructure } from '../app/infrastructure.ts';
import { createOnboarding, type Onboarding } from '../app/onboarding.ts';
import { loadConfig } from '../kernel/config.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import { systemActor } from '../kernel/http/actor.ts';
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

type Command = {
  action: `cli.${string}`;
  subject: { type: string; id?: string | null; label?: string };
  details?: Record<string, unknown>;
};

const actOf = (act: Command, operator: string) => ({
  ...act,
  actor: { ...systemActor, role: 'operator' as const, name: operator },
  origin: { host: hostname() },
});

/**
 * Enters what an operator did to a tenant into that tenant's audit log, by the name of the operator's account on this machine. Commands
 * that only read enter nothing. With a handle from `withTenant` the entry exists if and only if the change does; call it last there.
 */
export const recordCommand = (
  { infra, onboarding }: CliContext,
  tenant: TenantRef,
  act: Command,
  sql: TenantSql = infra.database.tenant(tenant),
): Promise<void> => onboarding.audit.record(sql, { ...actOf(act, operatorName()), outcome: 'done' });

/** Does what no single transaction holds between its intent and its record: a kill in between leaves an `unknown` entry. */
export const withRecord = <T>(
  { onboarding }: CliContext,
  tenant: TenantRef,
  act: Command,
  work: () => Promise<T>,
  operator = operatorName(),
): Promise<T> => onboarding.audit.around(tenant, actOf(act, operator), work);

/** Name of the account that runs the command; a container's user may have none. */
export function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
