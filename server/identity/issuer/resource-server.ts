import { errors, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import { ACCESS_TOKEN_SECONDS } from './lifetimes.ts';
import { API_RESOURCE } from './resource.ts';
import { isApiScope } from './scopes.ts';

/** Metadata of ours that clients carry: which scopes of the API they may ask for, and what a program gets that asks for none. */
export const CLIENT_EXTRAS = ['api_scopes', 'unasked_scope'];

const apiScopesOf = (client: Client): readonly string[] => (client.api_scopes as readonly string[] | undefined) ?? [];

/** Whether a grant is for the API at all: else its access token is for the userinfo endpoint. */
export const grantsApi = (_ctx: KoaContextWithOIDC, granted: { scopes: Iterable<string> }): boolean =>
  [...granted.scopes].some(isApiScope);

/**
 * The API as a resource server (RFC 8707): tokens are JWTs (RFC 9068) that name the client's scopes. A program that asks for more than it has is
 * refused (RFC 6749, 3.3); one that asks for nothing gets what it has.
 */
export function resourceServer(ctx: KoaContextWithOIDC, resource: string, client: Client) {
  if (resource !== API_RESOURCE) throw new errors.InvalidTarget();
  const allowed = apiScopesOf(client);
  const { params } = ctx.oidc;
  if (params?.grant_type === 'client_credentials') {
    params.scope ??= client.unasked_scope;
    for (const scope of String(params.scope).split(' '))
      if (!allowed.includes(scope)) throw new errors.InvalidScope('requested scope is not allowed', scope);
  }
  return {
    scope: allowed.join(' '),
    audience: API_RESOURCE,
    accessTokenTTL: ACCESS_TOKEN_SECONDS,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: 'ES256' as const } },
  };
}
