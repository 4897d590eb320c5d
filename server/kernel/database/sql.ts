import type { TenantVault } from '../crypto/vault.ts';
import type { Query } from './builder.ts';

/** Sends built queries over something that is already bound: to the platform, or to one tenant. */
export interface Sql {
  /** All rows. */
  all<T>(query: Query): Promise<T[]>;
  /** The first row, or undefined. */
  one<T>(query: Query): Promise<T | undefined>;
  /** Number of rows written. */
  run(query: Query): Promise<number>;
}

/** Which database a tenant lives in and as whom it is read: from the control plane, never from a request. */
export interface TenantRef {
  /** Stable id (UUID). */
  readonly id: string;
  /** `t_` + 16 base32 characters; also the name of its role. */
  readonly schema: string;
  /** Group of at most 500 tenants that share a login role and pool. */
  readonly cell: string;
  /** Its keys, wrapped by the master key; without them rows are read but nothing sealed is opened. */
  readonly wrappedDataKey?: string;
}

/** `Sql` bound to one tenant: role and search_path are that tenant's, for as long as the handle lives. */
export interface TenantSql extends Sql {
  readonly tenant: TenantRef;
  /** Seals and opens the tenant's personal data: what is stored of a person goes through it. */
  readonly vault: TenantVault;
}

const SCHEMA_NAME = /^t_[a-z2-7]{16}$/;
const CELL_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** Refuses anything that is not a tenant of ours: there is no default tenant. */
export function assertTenantRef(tenant: TenantRef | undefined): asserts tenant is TenantRef {
  if (!tenant || !SCHEMA_NAME.test(tenant.schema) || !CELL_NAME.test(tenant.cell) || !tenant.id) {
    throw new TypeError('A tenant must be named: got no valid tenant reference');
  }
}
