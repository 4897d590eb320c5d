import { q } from '../kernel/database/builder.ts';
import type { Sql, TenantSql } from '../kernel/database/sql.ts';
import type { User, UserRole, StaffRole } from './user.ts';

export interface UserRow extends User {
  readonly passwordHash: string | null;
  readonly failedSignIns: number;
  readonly lockedUntil: Date | null;
}

/** Users with the path and state of their agency. */
export const selectUsers = () =>
  q('users as u')
    .leftJoin('agencies as a', 'a.id', 'u.agency_id')
    .select({
      id: 'u.id',
      email: 'u.email',
      givenName: 'u.given_name',
      familyName: 'u.family_name',
      role: 'u.role',
      agencyId: 'u.agency_id',
      state: 'u.state',
      locale: 'u.locale',
      emailVerifiedAt: 'u.email_verified_at',
      createdAt: 'u.created_at',
      agencyState: 'a.state',
      agencyPath: q.raw(`coalesce(a.path, '/')`),
    });

const withCredentials = () =>
  selectUsers().select({
    passwordHash: 'u.password_hash',
    failedSignIns: 'u.failed_sign_ins',
    lockedUntil: 'u.locked_until',
  });

export const findUserById = (sql: TenantSql, id: string) => sql.one<UserRow>(withCredentials().where('u.id', id));
export const findUserByEmail = (sql: TenantSql, email: string) =>
  sql.one<UserRow>(withCredentials().where('u.email', email));

export interface NewUser {
  id: string;
  email: string;
  passwordHash: string;
  givenName: string;
  familyName: string;
  role: UserRole;
  agencyId: string | null;
  locale: string;
  emailVerifiedAt: Date | null;
}

/** False when the address is taken. */
export async function insertUser(sql: TenantSql, user: NewUser): Promise<boolean> {
  const row = {
    id: user.id,
    email: user.email,
    password_hash: user.passwordHash,
    given_name: user.givenName,
    family_name: user.familyName,
    role: user.role,
    agency_id: user.agencyId,
    locale: user.locale,
    email_verified_at: user.emailVerifiedAt,
  };
  return (await sql.run(q('users').insert(row).onConflict('email').ignore())) === 1;
}

export const updateUser = (sql: TenantSql, id: string, change: Record<string, unknown>) =>
  sql.run(
    q('users')
      .where({ id })
      .update({ ...change, updated_at: q.fn.now(), version: q.raw('version + 1') }),
  );

export interface AgencyRow {
  id: string;
  path: string;
  name: string;
  parentName: string | null;
  state: string;
}

export const findAgency = (sql: TenantSql, id: string) =>
  sql.one<AgencyRow>(
    q('agencies as a')
      .leftJoin('agencies as p', 'p.id', 'a.parent_id')
      .where('a.id', id)
      .select({ id: 'a.id', path: 'a.path', name: 'a.name', state: 'a.state', parentName: 'p.name' }),
  );

export interface BrandRow {
  id: string;
  agencyId: string | null;
  name: string;
  hostname: string;
  defaultLocale: string;
}

const selectBrands = () =>
  q('brands').select({
    id: 'id',
    agencyId: 'agency_id',
    name: 'name',
    hostname: 'hostname',
    defaultLocale: 'default_locale',
  });

/** Where an agency's people may sign in: its own brand first, then the reseller's. */
export const listSignInBrands = (sql: TenantSql, agencyId: string | null) =>
  sql.all<BrandRow>(
    selectBrands()
      .where((any) => void any.whereNull('agency_id').orWhere('agency_id', agencyId))
      .orderByRaw('agency_id nulls last'),
  );

/** The first of some brands whose host is served already: a link to one that is still being verified would lead nowhere. */
export async function firstServed<B extends { id: string }>(
  platform: Sql,
  brands: readonly B[],
): Promise<B | undefined> {
  const rows = await platform.all<{ brandId: string }>(
    q('platform.domains')
      .whereIn(
        'brand_id',
        brands.map((brand) => brand.id),
      )
      .where({ state: 'active' })
      .select({ brandId: 'brand_id' }),
  );
  const served = new Set(rows.map((row) => row.brandId));
  return brands.find((brand) => served.has(brand.id));
}

export const hasBrand = async (sql: TenantSql, hostname: string): Promise<boolean> =>
  (await sql.one(selectBrands().where({ hostname }))) !== undefined;

export interface InvitationRow {
  id: string;
  email: string;
  role: StaffRole;
  agencyId: string | null;
  agencyPath: string;
  agencyName: string | null;
  brandId: string;
  invitedBy: string | null;
  inviterName: string | null;
  expiresAt: Date;
  acceptedAt: Date | null;
  createdAt: Date;
}

export const selectInvitations = () =>
  q('invitations as i')
    .leftJoin('agencies as a', 'a.id', 'i.agency_id')
    .leftJoin('users as inviter', 'inviter.id', 'i.invited_by')
    .select({
      id: 'i.id',
      email: 'i.email',
      role: 'i.role',
      agencyId: 'i.agency_id',
      agencyName: 'a.name',
      brandId: 'i.brand_id',
      invitedBy: 'i.invited_by',
      expiresAt: 'i.expires_at',
      acceptedAt: 'i.accepted_at',
      createdAt: 'i.created_at',
      agencyPath: q.raw(`coalesce(a.path, '/')`),
      inviterName: q.raw(`nullif(trim(concat(inviter.given_name, ' ', inviter.family_name)), '')`),
    });

export const findInvitationByToken = (sql: TenantSql, tokenHash: string) =>
  sql.one<InvitationRow>(selectInvitations().where('i.token_hash', tokenHash));
export const findOpenInvitation = (sql: TenantSql, email: string) =>
  sql.one<InvitationRow>(selectInvitations().where('i.email', email).whereNull('i.accepted_at'));

export interface ApiClientRow {
  id: string;
  clientId: string;
  secretEncrypted: string;
  name: string;
  agencyId: string | null;
  agencyPath: string;
  agencyState: string | null;
  role: 'reseller_admin' | 'agency_admin' | 'agent';
  state: 'active' | 'revoked';
  createdAt: Date;
}

export const selectApiClients = () =>
  q('api_clients as c')
    .leftJoin('agencies as a', 'a.id', 'c.agency_id')
    .select({
      id: 'c.id',
      clientId: 'c.client_id',
      secretEncrypted: 'c.secret_encrypted',
      name: 'c.name',
      agencyId: 'c.agency_id',
      role: 'c.role',
      state: 'c.state',
      createdAt: 'c.created_at',
      agencyState: 'a.state',
      agencyPath: q.raw(`coalesce(a.path, '/')`),
    });

/** A row that was just written in the same transaction or request. */
export function written<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('A row that was just written is gone');
  return row;
}

export const findApiClient = (sql: TenantSql, clientId: string) =>
  sql.one<ApiClientRow>(selectApiClients().where('c.client_id', clientId));
