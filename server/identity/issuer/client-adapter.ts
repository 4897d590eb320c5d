import type { Adapter } from 'oidc-provider';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { findApiClient } from '../repository.ts';

export const SECRET_COLUMN = 'api_clients.secret';

const readOnly = () => Promise.reject(new Error('API clients are written by their own use cases'));

/** API clients of the tenant as the issuer sees them: client credentials and nothing else. */
export function createClientAdapter(sql: TenantSql, vault: TenantVault): Adapter {
  return {
    async find(id) {
      const client = await findApiClient(sql, id);
      if (!client || client.state !== 'active' || client.agencyState === 'suspended') return undefined;
      return {
        client_id: client.clientId,
        client_secret: vault.open(SECRET_COLUMN, client.secretEncrypted),
        client_name: client.name,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_basic',
      };
    },
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    upsert: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: () => Promise.resolve(),
  };
}
