import type { TenantVault } from './vault.ts';

export interface SealedColumn {
  column: string;
  /** As the vault is told it, e.g. `users.email`. */
  name: string;
  /** Whether its values are bound to their row: of what is personal always. */
  bound: boolean;
  /** A JSON column: sealed it holds a JSON string, before that any JSON. */
  json?: true;
}

/** Which columns of a table are sealed: what a rotation of keys seals anew, and what the export of a person's data looks through. */
export interface SealedTable {
  table: string;
  /** The column that identifies a row, and is bound to its values. */
  key: string;
  columns: readonly SealedColumn[];
  /** Columns that stand for sealed ones in look-ups, from the opened values. They do not depend on the data key. */
  indexes?: (vault: TenantVault, clear: Readonly<Record<string, string | null>>) => Record<string, unknown>;
}

export const bound = (column: string, name: string): SealedColumn => ({ column, name, bound: true });
