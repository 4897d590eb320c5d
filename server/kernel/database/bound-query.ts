import Query, { type WireConnection } from 'pg/lib/query.js';
import pgUtils from 'pg/lib/utils.js';
import type pg from 'pg';

const BIND_TEXT = "select set_config('search_path', $1, true), set_config('role', $2, true)";

/** Role and search_path that a query runs under. */
export interface Binding {
  searchPath: string;
  role: string;
}

/**
 * One tenant-bound query as ONE message to PostgreSQL: Parse/Bind/Execute that sets search_path and role, Parse/Bind/Execute of the
 * query, one Sync. Without BEGIN the two share the implicit transaction that ends at Sync, so the binding cannot outlive the query,
 * whatever fails. One round trip; the usual knex transaction needs four.
 * @see https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class BoundQuery extends Query {
  #bound = false;
  readonly #binding: Binding;

  constructor(
    binding: Binding,
    query: { text: string; values: unknown[] },
    callback: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(query, undefined, callback as (error: Error | null, result: unknown) => void);
    this.#binding = binding;
  }

  override requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: WireConnection): void {
    // Values are encoded before anything is sent: an encoder that throws must not leave half a message on the wire.
    let values: unknown[];
    try {
      values = this.values.map(pgUtils.prepareValue);
    } catch (error) {
      connection.sync();
      this.handleError(error as Error, connection);
      return;
    }
    const send = (text: string, bindings: unknown[], describe: boolean) => {
      connection.parse({ name: '', text });
      connection.bind({ portal: '', statement: '', binary: false, values: bindings, valueMapper: (value) => value });
      if (describe) connection.describe({ type: 'P', name: '' });
      connection.execute({ portal: '', rows: 0 });
    };
    send(BIND_TEXT, [this.#binding.searchPath, this.#binding.role], false);
    send(this.text, values, true);
    connection.sync();
  }

  override handleDataRow(message: { fields: unknown[] }): void {
    if (this.#bound) super.handleDataRow(message);
  }

  override handleCommandComplete(message: { text: string }, connection: WireConnection): void {
    if (this.#bound) super.handleCommandComplete(message, connection);
    else this.#bound = true;
  }
}
