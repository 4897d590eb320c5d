import type { TenantVault } from '../../kernel/crypto/vault.ts';

/** The one resource server of this platform (RFC 8707): audience of every access token. A URN, as each brand serves it under its own host. */
export const API_RESOURCE = 'urn:portolan:api';
export const API_SCOPE = 'api';
export const PORTAL_CLIENT_ID = 'portal';
export const CLI_CLIENT_ID = 'cli';
/** Scopes the portals ask for, and their grant is made of. */
export const PORTAL_OIDC_SCOPE = 'openid profile email';

/** What the grant of a first-party client is made of. */
export const FIRST_PARTY_OIDC_SCOPE = `${PORTAL_OIDC_SCOPE} offline_access`;

/** Issuer of a brand (RFC 8414): a stored string, never made from a request. */
export const issuerOf = (brand: { origin: string }): string => `${brand.origin}/oidc`;

/** Secret of the portal at an issuer: derived, so that every process knows it and none stores it. */
export const portalSecret = (vault: TenantVault, issuer: string): string =>
  vault.derive(`oidc-portal:${issuer}`).toString('base64url');
