import { randomBytes } from 'node:crypto';
import { q } from '../../kernel/database/builder.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { NameResolver } from '../../kernel/egress/resolver.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound, type FieldFault } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { newId } from '../../kernel/ids.ts';
import { roleFitsAgency } from '../policy.ts';
import { findAgency, findUserById } from '../repository.ts';
import type { StaffRole } from '../user.ts';
import { lockSet } from '../permission-sets/repository.ts';
import { DomainNotProven, DomainTaken, ProviderInvalid } from './errors.ts';
import { checkGiving, placesAdded, placesOf } from './give-places.ts';
import { isSharedIssuer, type GroupMapping, type IdentityProvider, type ProviderKind } from './provider.ts';
import { findProvider, sealSecret, writeMappings } from './repository.ts';

export interface ProviderInput {
  name: string;
  kind: ProviderKind;
  issuer: string;
  clientId: string;
  /** Kept as it is when left out of a change. */
  clientSecret?: string | undefined;
  allowedTenants: string[];
  allowedHostedDomains: string[];
  showButton: boolean;
  provisioning: boolean;
  defaultRole: StaffRole | null;
  defaultAgencyId: string | null;
  groupClaim: string | null;
  mappings: GroupMapping[];
  enforced: boolean;
  emergencyUserId: string | null;
  state: 'active' | 'disabled';
}

const DNS_LABEL = '_sso-verification';

/** The TXT record that proves control of a domain. */
export const proofRecord = (domain: string, token: string) => ({
  name: `${DNS_LABEL}.${domain}`,
  value: `sso-verification=${token}`,
});

export async function getProvider(sql: TenantSql, id: string): Promise<IdentityProvider> {
  const provider = await findProvider(sql, id);
  if (!provider) throw NotFound({ what: 'The identity provider' });
  return provider;
}

const columnsOf = (input: ProviderInput) => ({
  name: input.name,
  kind: input.kind,
  issuer: input.issuer,
  client_id: input.clientId,
  allowed_tenants: input.allowedTenants.map((each) => each.toLowerCase()),
  allowed_hosted_domains: input.allowedHostedDomains.map((each) => each.toLowerCase()),
  show_button: input.showButton,
  provisioning: input.provisioning,
  default_role: input.defaultRole,
  default_agency_id: input.defaultAgencyId,
  group_claim: input.groupClaim,
  enforced: input.enforced,
  emergency_user_id: input.emergencyUserId,
  state: input.state,
});

/** What decides whose word is taken for a person and its groups. */
const WHO_COMES_IN = [
  'kind',
  'issuer',
  'clientId',
  'groupClaim',
  'allowedTenants',
  'allowedHostedDomains',
  'provisioning',
] as const satisfies ReadonlyArray<keyof ProviderInput & keyof IdentityProvider>;
const isOpened = (before: IdentityProvider, after: ProviderInput): boolean =>
  WHO_COMES_IN.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));

/** Connects a provider. @throws ProviderInvalid naming every field that cannot be used like this; NotYoursToGive */
export async function addProvider(
  deps: { database: Database; allowHttp: boolean },
  tenantSql: TenantSql,
  actor: Actor,
  input: ProviderInput,
): Promise<IdentityProvider> {
  const id = newId();
  await checkProvider(deps, tenantSql, input, []);
  await checkGiving(tenantSql, actor, placesOf(input));
  await deps.database.withTenant(tenantSql.tenant, async (sql) => {
    const secret = sealSecret(sql, id, input.clientSecret ?? '');
    await sql.run(q('identity_providers').insert({ id, ...columnsOf(input), secret_encrypted: secret }));
    await writeMappings(sql, id, input.mappings);
  });
  return getProvider(tenantSql, id);
}

/** Changes a provider; the next sign-in follows what it then says. */
export async function changeProvider(
  deps: { database: Database; allowHttp: boolean },
  tenantSql: TenantSql,
  actor: Actor,
  id: string,
  change: Partial<ProviderInput>,
): Promise<IdentityProvider> {
  const before = await getProvider(tenantSql, id);
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const input: ProviderInput = {
    ...before,
    allowedTenants: [...before.allowedTenants],
    allowedHostedDomains: [...before.allowedHostedDomains],
    mappings: [...before.mappings],
    ...given,
  };
  await checkProvider(deps, tenantSql, input, before.domains);
  const places = isOpened(before, input) || change.clientSecret ? placesOf(input) : placesAdded(before, input);
  await checkGiving(tenantSql, actor, places);
  // Subjects are the issuer's own: of another issuer the same one is somebody else.
  const isElsewhere = input.issuer !== before.issuer || input.clientId !== before.clientId;
  await deps.database.withTenant(tenantSql.tenant, async (sql) => {
    const secret = change.clientSecret ? { secret_encrypted: sealSecret(sql, id, change.clientSecret) } : {};
    await sql.run(
      q('identity_providers')
        .where({ id })
        .update({ ...columnsOf(input), ...secret, updated_at: q.fn.now(), version: q.raw('version + 1') }),
    );
    if (change.mappings) await writeMappings(sql, id, change.mappings);
    if (isElsewhere) await sql.run(q('federated_identities').where({ provider_id: id }).delete());
  });
  return getProvider(tenantSql, id);
}

/** Disconnects a provider. Its people keep their accounts; who has no password can ask for one by mail. */
export async function removeProvider(sql: TenantSql, id: string): Promise<void> {
  if ((await sql.run(q('identity_providers').where({ id }).delete())) !== 1)
    throw NotFound({ what: 'The identity provider' });
}

/** Names a domain of the company; it counts once it is proven. @throws DomainTaken */
export async function addDomain(sql: TenantSql, providerId: string, domain: string): Promise<IdentityProvider> {
  const provider = await getProvider(sql, providerId);
  if (provider.domains.some((each) => each.domain === domain)) return provider;
  const token = randomBytes(18).toString('base64url');
  const row = { domain, provider_id: providerId, token };
  if ((await sql.run(q('identity_provider_domains').insert(row).onConflict('domain').ignore())) !== 1)
    throw DomainTaken({ domain });
  return getProvider(sql, providerId);
}

/** Looks for the TXT record; people of the domain may come in from then on. @throws DomainNotProven, NotYoursToGive */
export async function verifyDomain(
  deps: { resolver: NameResolver },
  sql: TenantSql,
  actor: Actor,
  providerId: string,
  domain: string,
): Promise<IdentityProvider> {
  const provider = await getProvider(sql, providerId);
  const known = provider.domains.find((each) => each.domain === domain);
  if (!known) throw NotFound({ what: `The domain ${domain}` });
  await checkGiving(sql, actor, placesOf(provider));
  const record = proofRecord(domain, known.token);
  const texts = await deps.resolver.texts(record.name).catch((): string[] => []);
  if (!texts.includes(record.value)) throw DomainNotProven({ domain, record: record.name, value: record.value });
  await sql.run(
    q('identity_provider_domains').where({ domain, provider_id: providerId }).update({ verified_at: q.fn.now() }),
  );
  return getProvider(sql, providerId);
}

export async function removeDomain(sql: TenantSql, providerId: string, domain: string): Promise<IdentityProvider> {
  await sql.run(q('identity_provider_domains').where({ domain, provider_id: providerId }).delete());
  return getProvider(sql, providerId);
}

async function checkProvider(
  { allowHttp }: { allowHttp: boolean },
  sql: TenantSql,
  input: ProviderInput,
  domains: IdentityProvider['domains'],
): Promise<void> {
  const errors: FieldFault[] = [];
  const fault = (pointer: string, code: string, detail: string) => void errors.push({ pointer, code, detail });
  const scheme = URL.canParse(input.issuer) ? new URL(input.issuer).protocol : '';
  if (scheme !== 'https:' && !(allowHttp && scheme === 'http:'))
    fault('/issuer', 'url', 'issuer: write the address of the provider, starting with https://.');
  const shared = isSharedIssuer(input);
  if (shared === 'tid' && input.allowedTenants.length === 0)
    fault(
      '/allowedTenants',
      'required',
      'allowedTenants: this issuer signs in people of any Microsoft directory. Name your directory id, or use the issuer of your directory.',
    );
  if (shared === 'hd' && input.allowedHostedDomains.length === 0)
    fault(
      '/allowedHostedDomains',
      'required',
      'allowedHostedDomains: Google signs in anybody. Name your Workspace domain.',
    );
  if (input.defaultRole && !roleFitsAgency(input.defaultRole, input.defaultAgencyId))
    fault(
      '/defaultAgencyId',
      'role',
      'defaultAgencyId: name the agency for a role of an agency, and none for a role of the reseller.',
    );
  if (input.mappings.length > 0 && !input.groupClaim)
    fault('/groupClaim', 'required', 'groupClaim: name the claim that holds the groups, such as "groups".');
  for (const [index, mapping] of input.mappings.entries()) {
    if (!roleFitsAgency(mapping.role, mapping.agencyId))
      fault(`/mappings/${index}/agencyId`, 'role', `mappings: ${mapping.role} and its agency do not fit.`);
    if (mapping.permissionSetId !== null && mapping.role !== 'reseller_staff')
      fault(`/mappings/${index}/permissionSetId`, 'role', 'mappings: only reseller_staff have permission sets.');
    if (mapping.permissionSetId !== null && !(await lockSet(sql, mapping.permissionSetId, 'share')))
      fault(`/mappings/${index}/permissionSetId`, 'permission_set', 'mappings: there is no such permission set.');
    if (input.mappings.findIndex((each) => each.group === mapping.group) !== index)
      fault(`/mappings/${index}/group`, 'duplicate', `mappings: ${mapping.group} is mapped twice.`);
  }
  const agencyIds = [input.defaultAgencyId, ...input.mappings.map((each) => each.agencyId)].filter(
    (id): id is string => id !== null,
  );
  for (const id of new Set(agencyIds))
    if (!(await findAgency(sql, id))) fault('/mappings', 'agency', `There is no agency ${id}.`);
  if (input.enforced && !domains.some((each) => each.verifiedAt !== null))
    fault('/enforced', 'domain', 'enforced: prove a domain first; only addresses of proven domains are concerned.');
  if (input.enforced || input.emergencyUserId) await checkEmergencyUser(sql, input.emergencyUserId, fault);
  if (errors.length > 0) throw ProviderInvalid({ errors });
}

/** Nobody may be locked out: one administrator still gets in without the provider. */
async function checkEmergencyUser(
  sql: TenantSql,
  userId: string | null,
  fault: (pointer: string, code: string, detail: string) => void,
): Promise<void> {
  const user = userId ? await findUserById(sql, userId) : undefined;
  if (user?.role !== 'reseller_admin' || user.state !== 'active' || !user.passwordHash)
    fault(
      '/emergencyUserId',
      'emergency_user',
      'emergencyUserId: name an active administrator of the reseller who has a password: the way in for the day the provider fails.',
    );
}
