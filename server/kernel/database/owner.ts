import pg from 'pg';
import { installTypeParsers } from './types.ts';

export interface OwnerSession {
  /** Sends statements as the owner of all schemas. */
  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
  /** All or nothing. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Opens DATABASE_URL as the owner (creates, migrates, drops, grants). For migrations, provisioning and the CLI only: running roles
 * never hold this connection.
 */
export async function withOwner<T>(databaseUrl: string, work: (owner: OwnerSession) => Promise<T>): Promise<T> {
  installTypeParsers();
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'portolan owner' });
  await client.connect();
  try {
    return await work({
      query: async <R extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
        (await client.query<R>(text, values)).rows,
      async transaction(inside) {
        await client.query('begin');
        try {
          const result = await inside();
          await client.query('commit');
          return result;
        } catch (error) {
          await client.query('rollback');
          throw error;
        }
      },
    });
  } finally {
    await client.end();
  }
}

/** Quotes a string as an SQL literal, for statements that take no parameters (CREATE ROLE … PASSWORD). */
export const literal = (value: string): string => pg.escapeLiteral(value);

/** Creates the database itself when it is missing (local default and tests). */
export async function ensureDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rows.length === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
