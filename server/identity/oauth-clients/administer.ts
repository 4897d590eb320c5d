import { randomBytes } from 'node:crypto';
import { abilityFor, as } from '../../access/index.ts';
import type { TenantVault, Vault } from '../../kernel/crypto/vault.ts';
import { q } from '../../kernel/database/builder.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { Conflict, Forbidden, NotFound, ValidationFailed } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { VersionChanged } from '../../kernel/http/entity-tag.ts';
import { newId, newSecret } from '../../kernel/ids.ts';
import { listPage } from '../list-page.ts';
import { written } from '../repository.ts';
import { settingsFaults, type OAuthClientSettings } from './oauth-client.ts';
import {
  OAUTH_CLIENT_PREFIX,
  OAUTH_SECRET_COLUMN,
  deleteArtifactsOfClient,
  findOAuthClient,
  insertOAuthClient,
  revokeOAuthClientRow,
  selectOAuthClients,
  updateOAuthClient,
  type OAuthClientRow,
} from './repository.ts';

export interface OAuthClientDeps {
  database: Database;
  vault: Vault;
  /** Whether logout calls may go to http addresses: development only. */
  httpLogout: boolean;
}

interface Scope {
  sql: TenantSql;
  tenant: Tenant;
  actor: Actor;
}

/** Applications sign in anybody of the network, so they are the reseller's own: an agency's rights end at its subtree. */
function authorizeReseller(actor: Actor, action: 'read' | 'create' | 'update' | 'delete'): void {
  if (!abilityFor(actor).can(action, as('ApiClient', { agencyId: null, agencyPath: '/' })))
    throw Forbidden({ action, subject: 'ApiClient' });
}

const vaultOf = (deps: OAuthClientDeps, tenant: Tenant): TenantVault =>
  deps.vault.forTenant(tenant.id, tenant.wrappedDataKey);

function check(deps: OAuthClientDeps, settings: OAuthClientSettings): void {
  const errors = settingsFaults(settings, deps);
  if (errors.length > 0) throw ValidationFailed({ errors });
}

const hasSecret = (settings: Pick<OAuthClientSettings, 'authMethod'>): boolean =>
  settings.authMethod.startsWith('client_secret');

/** Newest first; revoked ones stay listed. */
export function listOAuthClients({ sql, actor }: Scope, page: { limit: number; cursor?: string | undefined }) {
  authorizeReseller(actor, 'read');
  return listPage<OAuthClientRow>(sql, selectOAuthClients(), { ...page, idColumn: 'o.id' });
}

export async function getOAuthClient({ sql, actor }: Scope, id: string): Promise<OAuthClientRow> {
  authorizeReseller(actor, 'read');
  return found(await findOAuthClient(sql, id), id);
}

function found(client: OAuthClientRow | undefined, id: string): OAuthClientRow {
  if (!client) throw NotFound({ what: `OAuth client ${id}` });
  return client;
}

/** Registers an application. Its secret, if it has one, is sealed, and answered this once. */
export async function registerOAuthClient(
  deps: OAuthClientDeps,
  { sql, tenant, actor }: Scope,
  settings: OAuthClientSettings,
): Promise<{ client: OAuthClientRow; clientSecret: string | null }> {
  authorizeReseller(actor, 'create');
  check(deps, settings);
  const id = newId();
  const clientSecret = hasSecret(settings) ? newSecret() : null;
  await insertOAuthClient(sql, {
    ...settings,
    id,
    clientId: `${OAUTH_CLIENT_PREFIX}${randomBytes(16).toString('hex')}`,
    secretEncrypted: clientSecret && vaultOf(deps, tenant).seal(OAUTH_SECRET_COLUMN, clientSecret),
    createdBy: actor.kind === 'user' ? actor.id : null,
  });
  return { client: written(await findOAuthClient(sql, id)), clientSecret };
}

/** Changes what is given; how an application proves itself and names people stays: that would be another application. */
export async function changeOAuthClient(
  deps: OAuthClientDeps,
  { sql, actor }: Scope,
  input: { id: string; version: number; change: Partial<OAuthClientSettings> },
): Promise<OAuthClientRow> {
  authorizeReseller(actor, 'update');
  const before = found(await findOAuthClient(sql, input.id), input.id);
  if (before.state === 'revoked') throw revoked(before);
  const settings = { ...before, ...input.change };
  check(deps, settings);
  if (!(await updateOAuthClient(sql, input.id, input.version, settings))) throw VersionChanged();
  return written(await findOAuthClient(sql, input.id));
}

/** Gives a new secret; the one before works no more. */
export async function renewOAuthClientSecret(
  deps: OAuthClientDeps,
  { sql, tenant, actor }: Scope,
  id: string,
): Promise<string> {
  authorizeReseller(actor, 'update');
  const client = found(await findOAuthClient(sql, id), id);
  if (client.state === 'revoked') throw revoked(client);
  if (!hasSecret(client))
    throw Conflict({ detail: `${client.name} proves itself by ${client.authMethod}: it has no secret.` });
  const clientSecret = newSecret();
  const sealed = vaultOf(deps, tenant).seal(OAUTH_SECRET_COLUMN, clientSecret);
  await sql.run(
    q('oauth_clients')
      .where({ id })
      .update({ secret_encrypted: sealed, updated_at: q.fn.now(), version: q.raw('version + 1') }),
  );
  return clientSecret;
}

const revoked = (client: OAuthClientRow) =>
  Conflict({ detail: `${client.name} is revoked and stays so. Register it anew if it is to come back.` });

/** Revokes an application and every consent given to it; its access tokens end within ten minutes. */
export async function revokeOAuthClient(
  deps: OAuthClientDeps,
  { tenant, sql, actor }: Scope,
  id: string,
): Promise<void> {
  authorizeReseller(actor, 'delete');
  const client = found(await findOAuthClient(sql, id), id);
  await deps.database.withTenant(tenant, async (tx) => {
    await revokeOAuthClientRow(tx, client.id);
    await deleteArtifactsOfClient(tx, client.clientId);
  });
}
