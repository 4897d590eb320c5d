// The parts of node-postgres that its published types leave out and `bound-query.ts` stands on.
declare module 'pg/lib/utils.js' {
  const utils: { prepareValue(value: unknown): unknown };
  export default utils;
}
declare module 'pg/lib/query.js' {
  import type { FieldDef } from 'pg';
  export interface WireConnection {
    stream: { cork(): void; uncork(): void };
    parse(query: { name: string; text: string }): void;
    bind(config: {
      portal: string;
      statement: string;
      binary: boolean;
      values: unknown[];
      valueMapper: (value: unknown) => unknown;
    }): void;
    describe(message: { type: 'P' | 'S'; name: string }): void;
    execute(config: { portal: string; rows: number }): void;
    sync(): void;
  }
  export default class Query {
    constructor(
      config: { text: string; values: unknown[] },
      values: undefined,
      callback: (error: Error | null, result: unknown) => void,
    );
    text: string;
    values: unknown[];
    requiresPreparation(): boolean;
    prepare(connection: WireConnection): void;
    handleRowDescription(message: { fields: FieldDef[] }): void;
    handleDataRow(message: { fields: unknown[] }): void;
    handleCommandComplete(message: { text: string }, connection: WireConnection): void;
    handleError(error: Error, connection: WireConnection): void;
  }
}
