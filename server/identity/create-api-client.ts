import { randomBytes } from 'node:crypto';
import type { TenantVault } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId, newSecret } from '../kernel/ids.ts';
import { SECRET_COLUMN } from './issuer/client-adapter.ts';

export interface ApiClientInput {
  name: string;
  role: 'reseller_admin' | 'agency_admin' | 'agent';
  agencyId: string | null;
  /** Null or left out: all of its role. */
  scopes?: readonly string[] | null;
  createdBy: string | null;
}

/** Makes a client for client credentials. Its secret is sealed, and answered this once. */
export async function createApiClient(
  sql: TenantSql,
  vault: TenantVault,
  input: ApiClientInput,
): Promise<{ id: string; clientId: string; clientSecret: string }> {
  const id = newId();
  const clientId = `pc_${randomBytes(16).toString('hex')}`;
  const clientSecret = newSecret();
  await sql.run(
    q('api_clients').insert({
      id,
      client_id: clientId,
      secret_encrypted: vault.seal(SECRET_COLUMN, clientSecret),
      name: input.name,
      agency_id: input.agencyId,
      role: input.role,
      scopes: input.scopes ?? null,
      created_by: input.createdBy,
    }),
  );
  return { id, clientId, clientSecret };
}
