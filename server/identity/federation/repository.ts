import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { GroupMapping, IdentityProvider, ProviderDomain } from './provider.ts';

const SECRET = 'identity_providers.secret';

type Row = Omit<IdentityProvider, 'domains' | 'mappings'>;

export const selectProviders = () =>
  q('identity_providers as p').select({
    id: 'p.id',
    name: 'p.name',
    kind: 'p.kind',
    issuer: 'p.issuer',
    clientId: 'p.client_id',
    allowedTenants: 'p.allowed_tenants',
    allowedHostedDomains: 'p.allowed_hosted_domains',
    showButton: 'p.show_button',
    provisioning: 'p.provisioning',
    defaultRole: 'p.default_role',
    defaultAgencyId: 'p.default_agency_id',
    groupClaim: 'p.group_claim',
    enforced: 'p.enforced',
    emergencyUserId: 'p.emergency_user_id',
    state: 'p.state',
    version: 'p.version',
    createdAt: 'p.created_at',
  });

/** Domains and mappings of some providers, two reads for all of them. */
export async function withParts(sql: TenantSql, rows: readonly Row[]): Promise<IdentityProvider[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [domains, mappings] = await Promise.all([
    sql.all<ProviderDomain & { providerId: string }>(
      q('identity_provider_domains')
        .whereIn('provider_id', ids)
        .orderBy('domain')
        .select({ providerId: 'provider_id', domain: 'domain', token: 'token', verifiedAt: 'verified_at' }),
    ),
    sql.all<GroupMapping & { providerId: string }>(
      q('identity_provider_mappings').whereIn('provider_id', ids).orderBy('position').select({
        providerId: 'provider_id',
        group: 'group_value',
        role: 'role',
        agencyId: 'agency_id',
        permissionSetId: 'permission_set_id',
      }),
    ),
  ]);
  const of = <T extends { providerId: string }>(all: T[], id: string) =>
    all.filter((each) => each.providerId === id).map(({ providerId: _owner, ...part }) => part);
  return rows.map((row) => ({ ...row, domains: of(domains, row.id), mappings: of(mappings, row.id) }));
}

export async function findProvider(sql: TenantSql, id: string): Promise<IdentityProvider | undefined> {
  return (await withParts(sql, await sql.all<Row>(selectProviders().where('p.id', id))))[0];
}

/** The provider that owns a proven domain, while it is active. */
export async function findProviderOfDomain(sql: TenantSql, domain: string): Promise<IdentityProvider | undefined> {
  const rows = await sql.all<Row>(
    selectProviders()
      .join('identity_provider_domains as d', 'd.provider_id', 'p.id')
      .where({ 'd.domain': domain, 'p.state': 'active' })
      .whereNotNull('d.verified_at'),
  );
  return (await withParts(sql, rows))[0];
}

/** Names for the buttons of the sign-in page. */
export const listButtons = (sql: TenantSql) =>
  sql.all<{ id: string; name: string }>(
    q('identity_providers')
      .where({ state: 'active', show_button: true })
      .orderBy('name')
      .limit(10)
      .select('id', 'name'),
  );

export const listProviders = async (sql: TenantSql): Promise<IdentityProvider[]> =>
  withParts(sql, await sql.all<Row>(selectProviders().orderBy('p.name').limit(100)));

export const sealSecret = (sql: TenantSql, id: string, secret: string): string => sql.vault.seal(SECRET, secret, id);

export async function secretOf(sql: TenantSql, id: string): Promise<string> {
  const row = await sql.one<{ sealed: string }>(
    q('identity_providers').where({ id }).select({ sealed: 'secret_encrypted' }),
  );
  return row ? sql.vault.open(SECRET, row.sealed, id) : '';
}

export async function writeMappings(sql: TenantSql, id: string, mappings: readonly GroupMapping[]): Promise<void> {
  await sql.run(q('identity_provider_mappings').where({ provider_id: id }).delete());
  const rows = mappings.map(({ group, role, agencyId, permissionSetId }, position) => ({
    provider_id: id,
    position,
    group_value: group,
    role,
    agency_id: agencyId,
    permission_set_id: permissionSetId,
  }));
  if (rows.length > 0) await sql.run(q('identity_provider_mappings').insert(rows));
}

export async function findLinkedUserId(
  sql: TenantSql,
  providerId: string,
  subject: string,
): Promise<string | undefined> {
  const row = await sql.one<{ userId: string }>(
    q('federated_identities').where({ provider_id: providerId, subject }).select({ userId: 'user_id' }),
  );
  return row?.userId;
}

/** Ties a person of the provider to an account. False when either is tied already. */
export const linkIdentity = async (
  sql: TenantSql,
  link: { providerId: string; subject: string; userId: string },
): Promise<boolean> =>
  (await sql.run(
    q('federated_identities')
      .insert({ provider_id: link.providerId, subject: link.subject, user_id: link.userId })
      .onConflict()
      .ignore(),
  )) === 1;

export const noteSignIn = (sql: TenantSql, providerId: string, subject: string) =>
  sql.run(
    q('federated_identities').where({ provider_id: providerId, subject }).update({ last_sign_in_at: q.fn.now() }),
  );

export const hasLink = async (sql: TenantSql, providerId: string, userId: string): Promise<boolean> =>
  (await sql.one(q('federated_identities').where({ provider_id: providerId, user_id: userId }).select('subject'))) !==
  undefined;
