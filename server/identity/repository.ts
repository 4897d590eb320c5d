import { q } from '../kernel/database/builder.ts';
import type { Sql, TenantSql } from '../kernel/database/sql.ts';
import { hasEmail, openInvited, openPerson, sealEmail, sealInvited, sealName } from './sealed-people.ts';
import type { User, UserRole, StaffRole } from './user.ts';

export interface UserRow extends User {
  readonly passwordHash: string | null;
  readonly failedSignIns: number;
  readonly lockedUntil: Date | null;
}

/** Users with the path and state of their agency. Address and names come sealed: pass each row through `openUser`. */
export const selectUsers = () =>
  q('users as u')
    .leftJoin('agencies as a', 'a.id', 'u.agency_id')
    .leftJoin('permission_sets as s', 's.id', 'u.permission_set_id')
    .select({
      id: 'u.id',
      email: 'u.email',
      givenName: 'u.given_name',
      familyName: 'u.family_name',
      role: 'u.role',
      agencyId: 'u.agency_id',
      defaultMembershipId: 'u.default_membership_id',
      permissionSetId: 'u.permission_set_id',
      permissions: 's.permissions',
      state: 'u.state',
      locale: 'u.locale',
      emailVerifiedAt: 'u.email_verified_at',
      createdAt: 'u.created_at',
      erasedAt: 'u.erased_at',
      agencyState: 'a.state',
      agencyPath: q.raw(`coalesce(a.path, '/')`),
    });

const withCredentials = () =>
  selectUsers().select({
    passwordHash: 'u.password_hash',
    failedSignIns: 'u.failed_sign_ins',
    lockedUntil: 'u.locked_until',
  });

/** A row of `selectUsers` with its address and names opened. */
export const openUser = <U extends User>(sql: TenantSql, row: U): U => openPerson(sql.vault, row);

const findUser = async (sql: TenantSql, query: ReturnType<typeof withCredentials>): Promise<UserRow | undefined> => {
  const row = await sql.one<UserRow>(query);
  return row && openUser(sql, row);
};
export const findUserById = (sql: TenantSql, id: string) => findUser(sql, withCredentials().where('u.id', id));
/** @param email in the form of `normaliseEmail`; only the whole address finds anybody */
export const findUserByEmail = (sql: TenantSql, email: string) =>
  findUser(sql, withCredentials().where(hasEmail(sql.vault, 'users', 'u', email)));

export interface NewUser {
  id: string;
  email: string;
  /** Null for a person who has not chosen one yet. */
  passwordHash: string | null;
  givenName: string;
  familyName: string;
  role: UserRole;
  agencyId: string | null;
  permissionSetId?: string | null;
  locale: string;
  emailVerifiedAt: Date | null;
}

/** False when the address is taken. */
export async function insertUser(sql: TenantSql, user: NewUser): Promise<boolean> {
  const row = {
    id: user.id,
    ...sealEmail(sql.vault, user.id, user.email),
    ...sealName(sql.vault, user.id, user),
    password_hash: user.passwordHash,
    role: user.role,
    agency_id: user.agencyId,
    permission_set_id: user.permissionSetId ?? null,
    locale: user.locale,
    email_verified_at: user.emailVerifiedAt,
  };
  const taken = q('users as u')
    .where(hasEmail(sql.vault, 'users', 'u', user.email))
    .select('u.id');
  if (await sql.one(taken)) return false;
  return (await sql.run(q('users').insert(row).onConflict('email_index').ignore())) === 1;
}

/** Changes columns of an account; an address or a name is given in clear and stored sealed. */
export async function updateUser(sql: TenantSql, id: string, change: Record<string, unknown>): Promise<number> {
  const { email, given_name: givenName, family_name: familyName, ...rest } = change;
  let sealed: Record<string, unknown> = typeof email === 'string' ? sealEmail(sql.vault, id, email) : {};
  if (typeof givenName === 'string' || typeof familyName === 'string') {
    const before = await findUserById(sql, id);
    if (!before) return 0;
    const name = {
      givenName: typeof givenName === 'string' ? givenName : before.givenName,
      familyName: typeof familyName === 'string' ? familyName : before.familyName,
    };
    sealed = { ...sealed, ...sealName(sql.vault, id, name) };
  }
  return sql.run(
    q('users')
      .where({ id })
      .update({ ...rest, ...sealed, updated_at: q.fn.now(), version: q.raw('version + 1') }),
  );
}

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
  permissionSetId: string | null;
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
      permissionSetId: 'i.permission_set_id',
      brandId: 'i.brand_id',
      invitedBy: 'i.invited_by',
      expiresAt: 'i.expires_at',
      acceptedAt: 'i.accepted_at',
      createdAt: 'i.created_at',
      agencyPath: q.raw(`coalesce(a.path, '/')`),
      inviterGivenName: 'inviter.given_name',
      inviterFamilyName: 'inviter.family_name',
    });

/** A row of `selectInvitations`, as stored. */
export type SealedInvitation = Omit<InvitationRow, 'inviterName'> & {
  inviterGivenName: string | null;
  inviterFamilyName: string | null;
};

/** A row of `selectInvitations` with its address and the inviter's name opened. */
export function openInvitation(sql: TenantSql, row: SealedInvitation): InvitationRow {
  const { inviterGivenName, inviterFamilyName, ...rest } = row;
  const inviter =
    rest.invitedBy !== null && inviterGivenName !== null && inviterFamilyName !== null
      ? openPerson(sql.vault, {
          id: rest.invitedBy,
          email: '',
          givenName: inviterGivenName,
          familyName: inviterFamilyName,
        })
      : undefined;
  return {
    ...rest,
    email: openInvited(sql.vault, row),
    inviterName: inviter ? `${inviter.givenName} ${inviter.familyName}`.trim() || null : null,
  };
}

async function findInvitation(
  sql: TenantSql,
  query: ReturnType<typeof selectInvitations>,
): Promise<InvitationRow | undefined> {
  const row = await sql.one<SealedInvitation>(query);
  return row && openInvitation(sql, row);
}
export const findInvitationById = (sql: TenantSql, id: string) =>
  findInvitation(sql, selectInvitations().where('i.id', id));
export const findInvitationByToken = (sql: TenantSql, tokenHash: string) =>
  findInvitation(sql, selectInvitations().where('i.token_hash', tokenHash));
export const findOpenInvitation = (sql: TenantSql, email: string) =>
  findInvitation(
    sql,
    selectInvitations()
      .where(hasEmail(sql.vault, 'invitations', 'i', email))
      .whereNull('i.accepted_at'),
  );

export interface NewInvitation {
  id: string;
  email: string;
  role: StaffRole;
  agencyId: string | null;
  permissionSetId: string | null;
  brandId: string;
  tokenHash: string;
  invitedBy: string | null;
  expiresAt: Date;
  createdAt: Date;
}

export const insertInvitation = (sql: TenantSql, invitation: NewInvitation): Promise<number> =>
  sql.run(
    q('invitations').insert({
      id: invitation.id,
      ...sealInvited(sql.vault, invitation.id, invitation.email),
      role: invitation.role,
      agency_id: invitation.agencyId,
      permission_set_id: invitation.permissionSetId,
      brand_id: invitation.brandId,
      token_hash: invitation.tokenHash,
      invited_by: invitation.invitedBy,
      expires_at: invitation.expiresAt,
      created_at: invitation.createdAt,
    }),
  );

export interface ApiClientRow {
  id: string;
  clientId: string;
  secretEncrypted: string;
  name: string;
  agencyId: string | null;
  agencyPath: string;
  agencyState: string | null;
  role: 'reseller_admin' | 'agency_admin' | 'agent';
  /** Null: all of its role. */
  scopes: readonly string[] | null;
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
      scopes: 'c.scopes',
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
