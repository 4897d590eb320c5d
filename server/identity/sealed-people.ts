import { q } from '../kernel/database/builder.ts';
import { bound, type SealedTable } from '../kernel/crypto/sealed-table.ts';
import type { TenantVault } from '../kernel/crypto/vault.ts';

/** Columns of people that are sealed, as the vault knows them. */
const EMAIL = 'users.email';
const GIVEN_NAME = 'users.given_name';
const FAMILY_NAME = 'users.family_name';
const NAME = 'users.name';
const INVITED = 'invitations.email';

interface SealedPerson {
  id: string;
  email: string;
  givenName: string;
  familyName: string;
}

/** A person as stored → as read. */
export function openPerson<P extends SealedPerson>(vault: TenantVault, row: P): P {
  return {
    ...row,
    email: vault.reveal(EMAIL, row.email, row.id),
    givenName: vault.reveal(GIVEN_NAME, row.givenName, row.id),
    familyName: vault.reveal(FAMILY_NAME, row.familyName, row.id),
  };
}

/** Columns of an address to store. */
export const sealEmail = (vault: TenantVault, id: string, email: string) => ({
  email: vault.seal(EMAIL, email, id),
  email_index: vault.index(EMAIL, email),
});

/** Columns of a name to store: the name sealed, and the terms it is found by. */
export const sealName = (vault: TenantVault, id: string, name: { givenName: string; familyName: string }) => ({
  given_name: vault.seal(GIVEN_NAME, name.givenName, id),
  family_name: vault.seal(FAMILY_NAME, name.familyName, id),
  name_terms: vault.terms(NAME, `${name.givenName} ${name.familyName}`),
});

/** Condition of the row with an address: by its index, or by the clear text of a row not sealed yet. */
export const hasEmail = (vault: TenantVault, table: 'users' | 'invitations', alias: string, email: string) =>
  q.raw('(?? = ? or (?? is null and ?? = ?))', [
    `${alias}.email_index`,
    vault.index(`${table}.email`, email),
    `${alias}.email_index`,
    `${alias}.email`,
    email,
  ]);

/** Condition of the people whose name has all these words, or words that begin so. */
export const hasName = (vault: TenantVault, alias: string, typed: string) =>
  q.raw('?? @> ?::text[]', [`${alias}.name_terms`, vault.wanted(NAME, typed)]);

export const sealInvited = (vault: TenantVault, id: string, email: string) => ({
  email: vault.seal(INVITED, email, id),
  email_index: vault.index(INVITED, email),
});

export const openInvited = (vault: TenantVault, row: { id: string; email: string }): string =>
  vault.reveal(INVITED, row.email, row.id);

/** What of people, invitations, keys and second factors is sealed. */
export const sealedTables: readonly SealedTable[] = [
  {
    table: 'users',
    key: 'id',
    columns: [bound('email', EMAIL), bound('given_name', GIVEN_NAME), bound('family_name', FAMILY_NAME)],
    indexes: (vault, { email, given_name: given, family_name: family }) => ({
      email_index: email ? vault.index(EMAIL, email) : null,
      name_terms: vault.terms(NAME, `${given ?? ''} ${family ?? ''}`),
    }),
  },
  {
    table: 'invitations',
    key: 'id',
    columns: [bound('email', INVITED)],
    indexes: (vault, { email }) => ({ email_index: email ? vault.index(INVITED, email) : null }),
  },
  {
    table: 'signing_keys',
    key: 'kid',
    columns: [{ column: 'private_jwk_encrypted', name: 'signing_keys.private_jwk', bound: false }],
  },
  {
    table: 'api_clients',
    key: 'id',
    columns: [{ column: 'secret_encrypted', name: 'api_clients.secret', bound: false }],
  },
  {
    table: 'oauth_clients',
    key: 'id',
    columns: [{ column: 'secret_encrypted', name: 'oauth_clients.secret', bound: false }],
  },
  {
    table: 'identity_providers',
    key: 'id',
    columns: [bound('secret_encrypted', 'identity_providers.secret')],
  },
  { table: 'user_totp', key: 'user_id', columns: [bound('secret_encrypted', 'user_totp.secret')] },
];
