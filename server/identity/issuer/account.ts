import type { AccountClaims, Client, KoaContextWithOIDC } from 'oidc-provider';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Brand } from '../../kernel/http/context.ts';
import { findUserById } from '../repository.ts';
import type { FindProgram } from './client-adapter.ts';
import { maySignInAt } from '../seats.ts';
import { isFirstParty } from './first-party.ts';

const ACCOUNT_COLUMN = 'access_token.account';

/** People read while one request is answered: the token endpoint asks for the same one for the ID token and for the access token. */
const read = new WeakMap<KoaContextWithOIDC, Map<string, ReturnType<typeof findUserById>>>();

function findOnce(sql: TenantSql, ctx: KoaContextWithOIDC, id: string): ReturnType<typeof findUserById> {
  const known = read.get(ctx) ?? new Map<string, ReturnType<typeof findUserById>>();
  read.set(ctx, known);
  const user = known.get(id) ?? findUserById(sql, id);
  known.set(id, user);
  return user;
}

/** A person as the issuer knows one; undefined for whoever may not be signed in at this brand (any more). */
export async function findAccount(
  { sql, brand }: { sql: TenantSql; brand: Brand },
  ctx: KoaContextWithOIDC,
  id: string,
) {
  const user = await findOnce(sql, ctx, id);
  if (!user || !(await maySignInAt(sql, user, brand))) return undefined;
  const claims: AccountClaims = {
    sub: id,
    name: `${user.givenName} ${user.familyName}`.trim(),
    given_name: user.givenName,
    family_name: user.familyName,
    locale: user.locale,
    email: user.email,
    email_verified: user.emailVerifiedAt !== null,
  };
  return { accountId: id, claims: () => Promise.resolve(claims) };
}

/** Who a person is to the applications on one host (OpenID Connect Core, 8.1): the same each time, and of no use anywhere else. */
export const pairwiseSubject = (vault: TenantVault, sector: string, accountId: string): string =>
  vault.derive(`oidc-pairwise:${sector}:${accountId}`).toString('base64url');

/** The account behind a token whose subject is pairwise; only we can read it. */
export const openAccount = (vault: TenantVault, sealed: string): string => vault.open(ACCOUNT_COLUMN, sealed);

/** Claims of access tokens beside the standard ones. What an application of others need not know is left out. */
export async function extraClaims(
  { sql, vault, findProgram }: { sql: TenantSql; vault: TenantVault; findProgram: FindProgram },
  ctx: KoaContextWithOIDC,
  token: {
    kind: string;
    clientId?: string | undefined;
    accountId?: string | undefined;
    client?: Client | undefined;
    resourceServer?: unknown;
  },
) {
  if (token.kind === 'ClientCredentials') return roleOf(await findProgram(token.clientId ?? ''));
  if (!token.accountId) return undefined;
  if (isFirstParty(token.clientId ?? '')) {
    const role = roleOf(await findOnce(sql, ctx, token.accountId));
    return role && { ...role, ...authenticationClaims(ctx) };
  }
  return token.client?.subjectType === 'pairwise' && token.resourceServer
    ? { account: vault.seal(ACCOUNT_COLUMN, token.accountId) }
    : undefined;
}

const roleOf = (subject: { role: string; agencyId: string | null } | undefined) =>
  subject && { role: subject.role, agency_id: subject.agencyId };

/**
 * When and how the person behind a token signed in (RFC 9068, section 2.2.1): dangerous acts ask for a recent time, so that only first-party
 * clients can do them.
 */
function authenticationClaims({ oidc: { entities } }: KoaContextWithOIDC): Record<string, unknown> {
  const proven = entities.AuthorizationCode ?? entities.RefreshToken ?? entities.DeviceCode;
  if (!proven?.authTime) return {};
  const { authTime, amr, acr } = proven;
  return { auth_time: authTime, ...(amr ? { amr } : {}), ...(acr ? { acr } : {}) };
}
