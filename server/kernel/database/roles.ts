import { createHmac } from 'node:crypto';
import type { Config } from '../config.ts';

/** At most this many tenants share a login role: membership is recomputed by every backend after each CREATE ROLE and is super-linear. */
export const TENANTS_PER_CELL = 500;

/** Roles are global to a PostgreSQL cluster, databases are not: names carry the database's name. */
export function databaseName(databaseUrl: string): string {
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1)).toLowerCase();
  return name.replace(/[^a-z0-9_]/g, '_') || 'portolan';
}

/** Login role of the control plane: reads and writes `platform`, sees no tenant schema. */
export const platformRole = (databaseUrl: string): string => `${databaseName(databaseUrl)}_platform`;

/** Login role of a cell: NOINHERIT member of its tenants' roles, owns nothing, sees no row before SET ROLE. */
export const cellRole = (databaseUrl: string, cell: number): string => `${databaseName(databaseUrl)}_cell_${cell}`;

/** Passwords of the login roles are derived from the master key, so that none is stored and every process knows them. */
export function rolePassword(masterKey: string, role: string): string {
  return createHmac('sha256', Buffer.from(masterKey, 'base64')).update(`portolan-login:${role}`).digest('base64url');
}

/** Connection settings of a login role: host, port and database of DATABASE_URL, its own name and password. */
export function loginAs(config: Pick<Config, 'DATABASE_URL' | 'MASTER_KEY'>, role: string) {
  const url = new URL(config.DATABASE_URL);
  const socketHost = url.searchParams.get('host');
  return {
    host: socketHost ?? url.hostname,
    port: url.port ? Number(url.port) : 5432,
    database: decodeURIComponent(url.pathname.slice(1)),
    user: role,
    password: rolePassword(config.MASTER_KEY, role),
    ssl: ['require', 'verify-full'].includes(url.searchParams.get('sslmode') ?? '') ? true : undefined,
  };
}
