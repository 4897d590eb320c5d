import type { ClientMetadata } from 'oidc-provider';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import type { Brand } from '../../kernel/http/context.ts';
import { DEVICE_GRANT } from './client-adapter.ts';
import { API_SCOPE, CLI_CLIENT_ID, PORTAL_CLIENT_ID, issuerOf, portalSecret } from './resource.ts';

/** Clients that are the platform's own: signing in is consent enough. */
export const isFirstParty = (clientId: string): boolean => clientId === PORTAL_CLIENT_ID || clientId === CLI_CLIENT_ID;

/** The brand's own web application, whose back channel is this very process. */
export const portalClient = (brand: Brand, vault: TenantVault): ClientMetadata => ({
  client_id: PORTAL_CLIENT_ID,
  client_secret: portalSecret(vault, issuerOf(brand)),
  client_name: brand.name,
  redirect_uris: [`${brand.origin}/auth/callback`],
  post_logout_redirect_uris: [`${brand.origin}/`],
  require_auth_time: true,
  // Also what makes the issuer name its session (`sid`) in the ID token.
  backchannel_logout_uri: `${brand.origin}/auth/backchannel-logout`,
  backchannel_logout_session_required: true,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  application_type: 'web',
  token_endpoint_auth_method: 'client_secret_basic',
  api_scopes: [API_SCOPE],
});

/** The command line: has no secret and no address, so it signs people in by the device flow only. */
export const cliClient = (): ClientMetadata => ({
  client_id: CLI_CLIENT_ID,
  client_name: 'Command line',
  redirect_uris: [],
  response_types: [],
  grant_types: [DEVICE_GRANT, 'refresh_token'],
  token_endpoint_auth_method: 'none',
  api_scopes: [API_SCOPE],
});
