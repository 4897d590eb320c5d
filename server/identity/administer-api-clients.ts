import { abilityFor, as, authorize, coversRights, narrow } from '../access/index.ts';
import type { Vault } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { Forbidden } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { ActorLookup } from './actor-lookup.ts';
import { createApiClient, type ApiClientInput } from './create-api-client.ts';
import { RoleNeedsAgency, RoleNotInvitable } from './errors.ts';
import { listPage } from './list-page.ts';
import { NotYoursToGive } from './permission-sets/errors.ts';
import { mayGiveRole, roleFitsAgency } from './policy.ts';
import { findAgency, selectApiClients, written, type ApiClientRow } from './repository.ts';

/** API clients the actor may see, newest first; revoked ones stay listed. */
export function listApiClients(
  sql: TenantSql,
  actor: Actor,
  filter: { limit: number; cursor?: string | undefined; agencyId?: string | undefined },
) {
  const query = narrow(selectApiClients(), abilityFor(actor), 'read', 'ApiClient', {
    agencyPath: 'a.path',
    agencyId: 'c.agency_id',
  });
  if (filter.agencyId) query.where('c.agency_id', filter.agencyId);
  return listPage<ApiClientRow>(sql, query, { ...filter, idColumn: 'c.id' });
}

/** Makes a client that may do what its role may within its agency; nobody makes one mightier than himself. */
export async function addApiClient(
  deps: { vault: Vault },
  scope: { sql: TenantSql; tenant: Tenant; actor: Actor },
  input: Omit<ApiClientInput, 'createdBy'>,
): Promise<{ client: ApiClientRow; clientSecret: string }> {
  const { sql, tenant, actor } = scope;
  if (!mayGiveRole(actor, input.role)) throw RoleNotInvitable({ role: input.role });
  if (!roleFitsAgency(input.role, input.agencyId)) throw RoleNeedsAgency({ role: input.role });
  const agency = input.agencyId ? await findAgency(sql, input.agencyId) : undefined;
  if (input.agencyId) authorize(actor, 'read', 'Agency', agency);
  if (!abilityFor(actor).can('create', as('ApiClient', { agencyId: input.agencyId })))
    throw Forbidden({ action: 'create', subject: 'ApiClient' });
  if (!coversRights(actor, givenRights(input, agency?.path))) throw NotYoursToGive({ what: 'Such a client' });
  const vault = deps.vault.forTenant(tenant.id, tenant.wrappedDataKey);
  const made = await createApiClient(sql, vault, { ...input, createdBy: actor.kind === 'user' ? actor.id : null });
  const client = written(await sql.one<ApiClientRow>(selectApiClients().where('c.id', made.id)));
  return { client, clientSecret: made.clientSecret };
}

function givenRights({ role, agencyId, scopes }: Omit<ApiClientInput, 'createdBy'>, agencyPath = '/') {
  return { role, agencyId, agencyPath, ...(scopes ? { scopes } : {}) };
}

/** Revokes a client: no more tokens, and those it has are refused within seconds. */
export async function revokeApiClient(
  deps: { actors: ActorLookup },
  sql: TenantSql,
  actor: Actor,
  id: string,
): Promise<void> {
  const client = await sql.one<ApiClientRow>(selectApiClients().where('c.id', id));
  authorize(actor, 'delete', 'ApiClient', client);
  await sql.run(q('api_clients').where({ id }).update({ state: 'revoked' }));
  deps.actors.dropClient(sql.tenant, client.clientId);
}
