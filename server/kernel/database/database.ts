import pg from 'pg';
import type { Config } from '../config.ts';
import { createVault } from '../crypto/vault.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { BoundQuery } from './bound-query.ts';
import { toNative, type Query } from './builder.ts';
import { loginAs, platformRole } from './roles.ts';
import { assertTenantRef, type Sql, type TenantRef, type TenantSql } from './sql.ts';
import { installTypeParsers } from './types.ts';

export interface Database {
  /** The control plane (`platform` schema). Sees no tenant's rows. */
  readonly platform: Sql & { transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> };
  /** Reads (or single-statement writes) as one tenant: each query is one message, one round trip. */
  tenant(tenant: TenantRef): TenantSql;
  /**
   * A transaction as one tenant; rolled back when `work` throws. The connection serves nobody else until it ended, and is destroyed
   * if it cannot be cleaned. Never hold it across a call to the outside.
   */
  withTenant<T>(tenant: TenantRef, work: (sql: TenantSql) => Promise<T>): Promise<T>;
  /** A dedicated session for advisory locks (lost with the process, so a killed holder frees its locks at once). */
  lockSession(): Promise<pg.PoolClient>;
  ping(): Promise<void>;
  /** Connections of each pool by what they do. */
  poolStates(): Array<{ pool: string; busy: number; idle: number; waiting: number }>;
  close(): Promise<void>;
}

/** No `public` in the path: a table that is not the tenant's must fail, not fall through; pg_temp last, so that it cannot shadow. */
export const tenantSearchPath = (schema: string): string => `${schema}, pg_temp`;

const POOL_OPTIONS = {
  maxUses: 20_000,
  maxLifetimeSeconds: 1800,
  idleTimeoutMillis: 30_000,
  connectionTimeoutMillis: 10_000,
};

/** Opens the database for a running role: one pool for the control plane, one pool a cell, made when first needed. */
export function createDatabase(config: Config, metrics?: Metrics): Database {
  installTypeParsers();
  const vault = createVault(config.MASTER_KEY, config.MASTER_KEY_PREVIOUS);
  const statementTimeout = { statement_timeout: 30_000 };
  const openPool = (role: string, max: number): pg.Pool => {
    const pool = new pg.Pool({
      ...loginAs(config, role),
      ...POOL_OPTIONS,
      ...statementTimeout,
      max,
      application_name: `portolan ${role}`,
    });
    // An idle connection that dies must not take the process with it; the next query opens another.
    pool.on('error', () => undefined);
    return pool;
  };
  const platformPool = openPool(platformRole(config.DATABASE_URL), config.DATABASE_POOL_SIZE);
  const cellPools = new Map<string, pg.Pool>();
  const poolOf = (cell: string): pg.Pool => {
    let pool = cellPools.get(cell);
    if (!pool) cellPools.set(cell, (pool = openPool(cell, config.DATABASE_POOL_SIZE)));
    return pool;
  };

  const timed = async <T>(mode: string, work: () => Promise<T>): Promise<T> => {
    const end = metrics?.dbQueryDuration.startTimer({ mode });
    try {
      return await work();
    } finally {
      end?.();
    }
  };

  const sendBound = (tenant: TenantRef, query: Query): Promise<pg.QueryResult> =>
    timed('bound', () => onceMoreIfStale(tenant.schema, () => sendOnce(tenant, query)));

  async function sendOnce(tenant: TenantRef, query: Query): Promise<pg.QueryResult> {
    const client = await poolOf(tenant.cell).connect();
    let broken = true;
    try {
      const result = await new Promise<pg.QueryResult>((resolve, reject) => {
        const binding = { searchPath: tenantSearchPath(tenant.schema), role: tenant.schema };
        const bound = new BoundQuery(binding, toNative(query), (error, rows) =>
          error ? reject(error) : resolve(rows),
        );
        client.query(bound as unknown as pg.Submittable);
      });
      broken = false;
      return result;
    } catch (error) {
      broken = !isServerError(error) || isRoleDenied(tenant.schema, error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  const tenantHandle = (tenant: TenantRef, send: (query: Query) => Promise<pg.QueryResult>): TenantSql => ({
    tenant,
    // Unwrapped when first used: most queries seal nothing.
    get vault() {
      if (!tenant.wrappedDataKey) throw new TypeError('This tenant reference carries no keys');
      return vault.forTenant(tenant.id, tenant.wrappedDataKey);
    },
    ...asSql(send),
  });

  const platformSend = (query: Query) => timed('platform', () => platformPool.query(toNative(query)));

  return {
    platform: {
      ...asSql(platformSend),
      transaction: (work) =>
        inTransaction(platformPool, 'begin', (client) => work(asSql((query) => client.query(toNative(query))))),
    },
    tenant(tenant) {
      assertTenantRef(tenant);
      return tenantHandle(tenant, (query) => sendBound(tenant, query));
    },
    withTenant(tenant, work) {
      assertTenantRef(tenant);
      // Names are checked against a fixed pattern above; one message begins and binds.
      const begin = `begin; set local search_path = ${tenantSearchPath(tenant.schema)}; set local role ${tenant.schema}`;
      return timed('transaction', () =>
        inTransaction(
          poolOf(tenant.cell),
          begin,
          (client) => work(tenantHandle(tenant, (query) => client.query(toNative(query)))),
          tenant.schema,
        ),
      );
    },
    lockSession: () => platformPool.connect(),
    async ping() {
      await platformPool.query('select 1');
    },
    poolStates: () =>
      [['platform', platformPool] as const, ...cellPools].map(([pool, { totalCount, idleCount, waitingCount }]) => ({
        pool,
        busy: totalCount - idleCount,
        idle: idleCount,
        waiting: waitingCount,
      })),
    async close() {
      await Promise.all([platformPool, ...cellPools.values()].map((pool) => pool.end()));
    },
  };
}

function asSql(send: (query: Query) => Promise<pg.QueryResult>): Sql {
  return {
    all: async <T>(query: Query) => (await send(query)).rows as T[],
    one: async <T>(query: Query) => (await send(query)).rows[0] as T | undefined,
    run: async (query) => (await send(query)).rowCount ?? 0,
  };
}

async function inTransaction<T>(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => Promise<T>,
  role?: string,
): Promise<T> {
  const client = await (role ? onceMoreIfStale(role, () => beginIn(pool, begin)) : beginIn(pool, begin));
  let broken = true;
  try {
    const result = await work(client);
    const ended = await client.query('commit');
    broken = false;
    // COMMIT of a transaction that failed inside answers ROLLBACK without an error: a caller that swallowed the fault must hear of it.
    if (ended.command === 'ROLLBACK') throw new Error('The transaction had failed and was rolled back');
    return result;
  } catch (error) {
    await client.query('rollback').then(
      () => (broken = false),
      () => undefined,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A connection whose transaction has begun; one that refuses to begin is closed. */
async function beginIn(pool: pg.Pool, begin: string): Promise<pg.PoolClient> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * Whether a session was refused a tenant's role, which is always before anything else was done. A session remembers what roles it may take; when a
 * tenant is made at the very moment it looks, it can go on without the new one until the next grant (`roles_is_member_of` of PostgreSQL).
 */
function isRoleDenied(role: string, error: unknown): boolean {
  const { code, message = '' } = error as { code?: string; message?: string };
  return code === '42501' && message.includes(`"${role}"`);
}

/** Asks once more by another session; the one that was refused has been closed. */
async function onceMoreIfStale<T>(role: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isRoleDenied(role, error)) return ask();
    throw error;
  }
}

/** An error the server answered (the session lives on), as against a lost connection. */
function isServerError(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'severity' in error &&
    (error as { severity: string }).severity === 'ERROR'
  );
}
