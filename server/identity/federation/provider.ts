import type { StaffRole } from '../user.ts';

export const PROVIDER_KINDS = ['entra', 'google', 'okta', 'oidc'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** What a group at the provider makes of a person here. */
export interface GroupMapping {
  readonly group: string;
  readonly role: StaffRole;
  readonly agencyId: string | null;
  /** Of `reseller_staff` only; null: none. */
  readonly permissionSetId: string | null;
}

export interface ProviderDomain {
  readonly domain: string;
  readonly token: string;
  readonly verifiedAt: Date | null;
}

/** An employer's OpenID provider, as rules see it. */
export interface IdentityProvider {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  readonly issuer: string;
  readonly clientId: string;
  readonly allowedTenants: readonly string[];
  readonly allowedHostedDomains: readonly string[];
  readonly showButton: boolean;
  readonly provisioning: boolean;
  readonly defaultRole: StaffRole | null;
  readonly defaultAgencyId: string | null;
  readonly groupClaim: string | null;
  readonly enforced: boolean;
  readonly emergencyUserId: string | null;
  readonly state: 'active' | 'disabled';
  readonly version: number;
  readonly createdAt: Date;
  readonly domains: readonly ProviderDomain[];
  readonly mappings: readonly GroupMapping[];
}

/** Claims of a verified ID token, with those of userinfo where the token is thin. */
export type UpstreamClaims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** Why a person who proved itself at the provider does not come in here. */
export type FederationFault =
  | 'directory_not_allowed'
  | 'domain_not_allowed'
  | 'no_account'
  | 'no_group'
  | 'groups_missing'
  | 'not_fresh'
  | 'account_suspended'
  | 'other_account'
  | 'other_brand';

const SHARED_ENTRA = /^https:\/\/login\.microsoftonline\.(com|us)\/(common|organizations|consumers)\/v2\.0\/?$/;
const GOOGLE = 'https://accounts.google.com';

/** Whether the issuer signs in people of any company: then the claims must say which. */
export const isSharedIssuer = ({ issuer }: Pick<IdentityProvider, 'issuer'>): 'tid' | 'hd' | undefined => {
  if (SHARED_ENTRA.test(issuer)) return 'tid';
  return issuer.replace(/\/$/, '') === GOOGLE ? 'hd' : undefined;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whether the person belongs to a company this provider was connected for. */
export function companyFault(provider: IdentityProvider, claims: UpstreamClaims): FederationFault | undefined {
  const shared = isSharedIssuer(provider);
  if (
    (shared === 'tid' || provider.allowedTenants.length > 0) &&
    !provider.allowedTenants.includes(text(claims.tid).toLowerCase())
  )
    return 'directory_not_allowed';
  const domains = provider.allowedHostedDomains;
  if ((shared === 'hd' || domains.length > 0) && !domains.includes(text(claims.hd).toLowerCase()))
    return 'domain_not_allowed';
  return undefined;
}

/**
 * The address a provider vouches for: of a domain the reseller has proven for it, and not marked unverified. Entra sends no
 * `email_verified`; anything it lets a person type in is kept out by the proof of the domain. Never used to recognise anybody.
 */
export function vouchedEmail(provider: IdentityProvider, claims: UpstreamClaims): string | undefined {
  const email = text(claims.email).trim().toLowerCase();
  if (!email || email.length > 254 || claims.email_verified === false || claims.email_verified === 'false')
    return undefined;
  if (provider.kind !== 'entra' && claims.email_verified === undefined) return undefined;
  return isProvenDomain(provider, domainOf(email)) ? email : undefined;
}

export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

export const isProvenDomain = (provider: Pick<IdentityProvider, 'domains'>, domain: string): boolean =>
  provider.domains.some((each) => each.domain === domain && each.verifiedAt !== null);

export interface Placement {
  role: StaffRole;
  agencyId: string | null;
  permissionSetId: string | null;
}

/** What whoever is in no mapped group gets; null where such people are turned away. */
export const defaultPlacement = (provider: IdentityProvider): Placement | null =>
  provider.defaultRole && { role: provider.defaultRole, agencyId: provider.defaultAgencyId, permissionSetId: null };

/**
 * What the person's groups make of it: the first mapping that fits, else the default. `keep` when the provider decides nothing, so that
 * roles stay as administered here.
 */
export function placementOf(
  provider: IdentityProvider,
  claims: UpstreamClaims,
): { ok: true; place: Placement | 'keep' } | { ok: false; fault: FederationFault } {
  const fallback = defaultPlacement(provider);
  if (!provider.groupClaim || provider.mappings.length === 0) return { ok: true, place: 'keep' };
  const groups = groupsOf(claims, provider.groupClaim);
  // Entra leaves the groups of people with many of them out of the token: to read that as "none" would take rights away, or give the default.
  if (groups === 'elsewhere') return { ok: false, fault: 'groups_missing' };
  const found = provider.mappings.find(({ group }) => groups.includes(group));
  if (found) return { ok: true, place: found };
  return fallback ? { ok: true, place: fallback } : { ok: false, fault: 'no_group' };
}

function groupsOf(claims: UpstreamClaims, claim: string): string[] | 'elsewhere' {
  const value = claims[claim];
  if (value === undefined) {
    const names = claims._claim_names as Record<string, unknown> | undefined;
    return claims.hasgroups === true || (names && claim in names) ? 'elsewhere' : [];
  }
  return (Array.isArray(value) ? value : [value])
    .filter((each): each is string => typeof each === 'string')
    .slice(0, 1000);
}

/** What the provider says of how the person proved itself, as our own methods (RFC 8176). */
export function methodsOf(claims: UpstreamClaims): string[] {
  const amr = Array.isArray(claims.amr) ? claims.amr : [];
  return amr.some((each) => each === 'mfa' || each === 'ngcmfa') ? ['fed', 'mfa'] : ['fed'];
}
