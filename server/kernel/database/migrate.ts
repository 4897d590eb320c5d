import type { Config } from '../config.ts';
import { loadMigrations } from './migrations.ts';
import { literal, withOwner, type OwnerSession } from './owner.ts';
import { databaseName, platformRole, rolePassword } from './roles.ts';

/** Group role of all tenant roles: holds the one right a tenant has on `platform`, to emit events. */
export const tenantsRole = (databaseUrl: string): string => `${databaseName(databaseUrl)}_tenants`;

type MigrateConfig = Pick<Config, 'DATABASE_URL' | 'MASTER_KEY'> & Partial<Pick<Config, 'MASTER_KEY_PREVIOUS'>>;

/**
 * Brings the control plane to the newest version: roles, schema `platform`, its migrations. Safe to run again and from several
 * processes (an advisory lock lets one work). Returns the versions applied.
 */
export async function migratePlatform(config: MigrateConfig): Promise<string[]> {
  return withOwner(config.DATABASE_URL, (owner) =>
    owner.transaction(async () => {
      await owner.query('select pg_advisory_xact_lock(7083471)');
      await ensureRoles(owner, config);
      await owner.query('create schema if not exists platform');
      await owner.query('set local search_path = platform, pg_temp');
      await owner.query(
        'create table if not exists platform_migrations (version text primary key, applied_at timestamptz not null default now())',
      );
      const done = new Set(
        (await owner.query<{ version: string }>('select version from platform_migrations')).map((row) => row.version),
      );
      const pending = (await loadMigrations('platform')).filter((migration) => !done.has(migration.version));
      for (const migration of pending) {
        await owner.query(migration.up);
        await owner.query('insert into platform_migrations (version) values ($1)', [migration.version]);
      }
      await grantPlatform(owner, config.DATABASE_URL);
      if (config.MASTER_KEY_PREVIOUS?.length) await resetCellPasswords(owner, config);
      return pending.map((migration) => migration.version);
    }),
  );
}

/**
 * Brings one tenant's schema to the newest version, in one transaction with its ledger rows: a kill leaves the old version whole.
 * The same code makes a new tenant (all migrations as one batch), so the two cannot differ.
 */
export async function migrateTenantSchema(
  owner: OwnerSession,
  tenant: { id: string; schema: string },
): Promise<string[]> {
  const done = new Set(
    (
      await owner.query<{ version: string }>('select version from platform.tenant_migrations where tenant_id = $1', [
        tenant.id,
      ])
    ).map((row) => row.version),
  );
  const pending = (await loadMigrations('tenant')).filter((migration) => !done.has(migration.version));
  if (pending.length === 0) return [];
  await owner.query(
    `set local lock_timeout = '2s'; set local search_path = ${tenant.schema}, pg_temp; ${pending.map((m) => m.up).join('\n')}`,
  );
  await owner.query(grantTenant(tenant.schema));
  await owner.query('insert into platform.tenant_migrations (tenant_id, version) select $1, unnest($2::text[])', [
    tenant.id,
    pending.map((m) => m.version),
  ]);
  return pending.map((migration) => migration.version);
}

/**
 * What the tenant's role may do: rows only, no DDL; what never changes is not even granted UPDATE or DELETE, and the audit log is
 * written by its functions alone.
 */
function grantTenant(schema: string): string {
  const written = (...tables: string[]) => tables.map((table) => `${schema}.${table}`).join(', ');
  const appendOnly = written(
    'ledger_transactions',
    'ledger_entries',
    'invoices',
    'verifactu_records',
    'wallet_entries',
    'wallet_foreign_entries',
    'markup_rule_versions',
  );
  return `grant usage on schema ${schema} to ${schema};
    grant select, insert, update, delete on all tables in schema ${schema} to ${schema};
    revoke update, delete on ${appendOnly} from ${schema};
    revoke insert, update, delete on ${written('audit_entries', 'audit_chain', 'audit_intents')} from ${schema};
    grant execute on all functions in schema ${schema} to ${schema}`;
}

async function ensureRoles(owner: OwnerSession, config: MigrateConfig): Promise<void> {
  const platform = platformRole(config.DATABASE_URL);
  await ensureLoginRole(owner, platform, rolePassword(config.MASTER_KEY, platform));
  const tenants = tenantsRole(config.DATABASE_URL);
  const [present] = await owner.query('select 1 from pg_roles where rolname = $1', [tenants]);
  if (!present) await owner.query(`create role ${tenants} nologin`);
}

/** Passwords come from the master key: while it rotates, those of the cells follow it here. */
async function resetCellPasswords(owner: OwnerSession, config: MigrateConfig): Promise<void> {
  for (const { role } of await owner.query<{ role: string }>('select role from platform.cells'))
    await ensureLoginRole(owner, role, rolePassword(config.MASTER_KEY, role));
}

/** Creates a login role, or resets its password after the master key changed. */
export async function ensureLoginRole(owner: OwnerSession, role: string, password: string): Promise<void> {
  const [present] = await owner.query('select 1 from pg_roles where rolname = $1', [role]);
  const verb = present ? 'alter' : 'create';
  await owner.query(`${verb} role ${role} with login noinherit nocreatedb nocreaterole password ${literal(password)}`);
}

async function grantPlatform(owner: OwnerSession, databaseUrl: string): Promise<void> {
  const platform = platformRole(databaseUrl);
  const tenants = tenantsRole(databaseUrl);
  await owner.query(`
    revoke all on schema public from public;
    grant usage on schema platform to ${platform}, ${tenants};
    grant select, insert, update, delete on all tables in schema platform to ${platform};
    revoke delete on platform.audit_anchors from ${platform};
    grant execute on function platform.emit_event to ${tenants}`);
}
