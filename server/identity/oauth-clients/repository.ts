import { json, q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { OAuthClientSettings } from './oauth-client.ts';

export interface OAuthClientRow extends OAuthClientSettings {
  readonly id: string;
  readonly clientId: string;
  readonly secretEncrypted: string | null;
  readonly state: 'active' | 'revoked';
  readonly createdAt: Date;
  readonly version: number;
}

/** Prefix of our client ids: says at a glance, and to the issuer, where to look. */
export const OAUTH_CLIENT_PREFIX = 'po_';
export const OAUTH_SECRET_COLUMN = 'oauth_clients.secret';

export const selectOAuthClients = () =>
  q('oauth_clients as o').select({
    id: 'o.id',
    clientId: 'o.client_id',
    secretEncrypted: 'o.secret_encrypted',
    name: 'o.name',
    applicationType: 'o.application_type',
    authMethod: 'o.auth_method',
    redirectUris: 'o.redirect_uris',
    postLogoutRedirectUris: 'o.post_logout_redirect_uris',
    backchannelLogoutUri: 'o.backchannel_logout_uri',
    subjectType: 'o.subject_type',
    scopes: 'o.scopes',
    requirePar: 'o.require_par',
    requireDpop: 'o.require_dpop',
    deviceFlow: 'o.device_flow',
    jwks: 'o.jwks',
    state: 'o.state',
    createdAt: 'o.created_at',
    version: 'o.version',
  });

export const findOAuthClient = (sql: TenantSql, id: string) =>
  sql.one<OAuthClientRow>(selectOAuthClients().where('o.id', id));
export const findOAuthClientByClientId = (sql: TenantSql, clientId: string) =>
  sql.one<OAuthClientRow>(selectOAuthClients().where('o.client_id', clientId));

const columns = (settings: OAuthClientSettings) => ({
  name: settings.name,
  application_type: settings.applicationType,
  auth_method: settings.authMethod,
  redirect_uris: settings.redirectUris,
  post_logout_redirect_uris: settings.postLogoutRedirectUris,
  backchannel_logout_uri: settings.backchannelLogoutUri,
  subject_type: settings.subjectType,
  scopes: settings.scopes,
  require_par: settings.requirePar,
  require_dpop: settings.requireDpop,
  device_flow: settings.deviceFlow,
  jwks: settings.jwks && json(settings.jwks),
});

export const insertOAuthClient = (
  sql: TenantSql,
  client: OAuthClientSettings & {
    id: string;
    clientId: string;
    secretEncrypted: string | null;
    createdBy: string | null;
  },
) =>
  sql.run(
    q('oauth_clients').insert({
      id: client.id,
      client_id: client.clientId,
      secret_encrypted: client.secretEncrypted,
      created_by: client.createdBy,
      ...columns(client),
    }),
  );

/** False when somebody else changed it since it was read. */
export const updateOAuthClient = async (
  sql: TenantSql,
  id: string,
  version: number,
  settings: OAuthClientSettings,
): Promise<boolean> =>
  (await sql.run(
    q('oauth_clients')
      .where({ id, version, state: 'active' })
      .update({ ...columns(settings), updated_at: q.fn.now(), version: q.raw('version + 1') }),
  )) === 1;

export const revokeOAuthClientRow = (sql: TenantSql, id: string) =>
  sql.run(
    q('oauth_clients')
      .where({ id })
      .update({ state: 'revoked', updated_at: q.fn.now(), version: q.raw('version + 1') }),
  );

/** Grants and refresh tokens given to a client, at every issuer of the tenant. */
export const deleteArtifactsOfClient = (sql: TenantSql, clientId: string) =>
  sql.run(q('oidc_artifacts').whereRaw(`payload ->> 'clientId' = ?`, [clientId]).delete());
