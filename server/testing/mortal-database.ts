import type { Database } from '../kernel/database/database.ts';
import type { Sql, TenantSql } from '../kernel/database/sql.ts';

/** What a process that was killed would never have thrown: it stands for the silence. */
export class Killed extends Error {}

/**
 * A database that serves a process as long as it lives. `dies` is asked before each statement, with the number of statements so far:
 * while it says yes nothing reaches PostgreSQL, and an open transaction rolls back, as when the process is gone.
 */
export function mortalDatabase(database: Database, dies: (statement: number) => boolean | Promise<boolean>): Database {
  let statements = 0;
  const live = async (): Promise<void> => {
    if (await dies((statements += 1))) throw new Killed('killed');
  };
  const wrap = (sql: Sql): Sql => ({
    all: async (query) => live().then(() => sql.all(query)),
    one: async (query) => live().then(() => sql.one(query)),
    run: async (query) => live().then(() => sql.run(query)),
  });
  const wrapTenant = (sql: TenantSql): TenantSql => ({ tenant: sql.tenant, vault: sql.vault, ...wrap(sql) });
  return {
    ...database,
    platform: {
      ...wrap(database.platform),
      transaction: (work) => database.platform.transaction((sql) => work(wrap(sql))),
    },
    tenant: (tenant) => wrapTenant(database.tenant(tenant)),
    withTenant: (tenant, work) => database.withTenant(tenant, (sql) => work(wrapTenant(sql))),
  };
}
