import knexFactory, { type Knex } from 'knex';

/**
 * Knex without a connection: it only builds SQL. What is built is sent by a tenant- or platform-bound `Sql`,
 * so that no query can reach a connection that was not bound first.
 */
export const q: Knex = knexFactory({ client: 'pg' });

/** A built query: a knex builder or `q.raw(...)`. */
export type Query = Knex.QueryBuilder | Knex.Raw | Knex.SchemaBuilder;

/** Native form of a built query: text with $1-style bindings. */
export function toNative(query: Query): { text: string; values: unknown[] } {
  const native = (query as Knex.QueryBuilder).toSQL().toNative();
  return { text: native.sql, values: [...native.bindings].map(encodeValue) };
}

/** JSON columns: plain objects and arrays are written as JSON text (node-postgres would turn arrays into PostgreSQL arrays). */
export const json = (value: unknown): string => JSON.stringify(value);

function encodeValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('SQL binding is not a finite number');
  return value;
}
