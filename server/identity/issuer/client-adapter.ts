import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import {
  OAUTH_CLIENT_PREFIX,
  OAUTH_SECRET_COLUMN,
  findOAuthClientByClientId,
  type OAuthClientRow,
} from '../oauth-clients/repository.ts';
import type { ApiClientRow } from '../repository.ts';
import { OIDC_SCOPES, isApiScope, scopesOfApiClient } from './scopes.ts';

export const SECRET_COLUMN = 'api_clients.secret';
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const readOnly = () => Promise.reject(new Error('Clients are written by their own use cases'));

export type FindProgram = (clientId: string) => Promise<ApiClientRow | undefined>;

/** Clients of the tenant as the issuer sees them: its programs, and the applications of third parties. */
export function createClientAdapter(deps: { sql: TenantSql; vault: TenantVault; findProgram: FindProgram }): Adapter {
  const { sql, vault, findProgram } = deps;
  /** By row: a look-up that is still good answers the same row, whose secret need not be opened again. */
  const described = new WeakMap<ApiClientRow, AdapterPayload>();
  const describe = (client: ApiClientRow): AdapterPayload => {
    const known = described.get(client) ?? describeProgram(client, vault);
    described.set(client, known);
    return known;
  };

  return {
    async find(id) {
      if (id.startsWith(OAUTH_CLIENT_PREFIX)) {
        const client = await findOAuthClientByClientId(sql, id);
        return client?.state === 'active' ? describeApplication(client, vault) : undefined;
      }
      const client = await findProgram(id);
      return client?.state === 'active' && client.agencyState !== 'suspended' ? describe(client) : undefined;
    },
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    upsert: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: () => Promise.resolve(),
  };
}

/** Client credentials and nothing else. */
function describeProgram(client: ApiClientRow, vault: TenantVault): AdapterPayload {
  const { allowed, unasked } = scopesOfApiClient(client);
  return {
    client_id: client.clientId,
    client_secret: vault.open(SECRET_COLUMN, client.secretEncrypted),
    client_name: client.name,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
    api_scopes: allowed,
    unasked_scope: unasked,
  };
}

/** Authorization code with PKCE, and the device flow where it was allowed. */
function describeApplication(client: OAuthClientRow, vault: TenantVault): AdapterPayload {
  const hasRedirect = client.redirectUris.length > 0;
  return {
    client_id: client.clientId,
    ...(client.secretEncrypted ? { client_secret: vault.open(OAUTH_SECRET_COLUMN, client.secretEncrypted) } : {}),
    client_name: client.name,
    application_type: client.applicationType,
    grant_types: [
      ...(hasRedirect ? ['authorization_code'] : []),
      'refresh_token',
      ...(client.deviceFlow ? [DEVICE_GRANT] : []),
    ],
    response_types: hasRedirect ? ['code'] : [],
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    ...(client.backchannelLogoutUri
      ? { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }
      : {}),
    token_endpoint_auth_method: client.authMethod,
    subject_type: client.subjectType,
    scope: client.scopes.filter((scope) => (OIDC_SCOPES as readonly string[]).includes(scope)).join(' '),
    require_pushed_authorization_requests: client.requirePar,
    dpop_bound_access_tokens: client.requireDpop,
    ...(client.jwks ? { jwks: client.jwks } : {}),
    api_scopes: client.scopes.filter(isApiScope),
  };
}
