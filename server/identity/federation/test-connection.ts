import * as client from 'openid-client';
import { EgressRefused } from '../../kernel/egress/egress-refused.ts';
import type { GuardedFetch } from '../../kernel/egress/guarded-fetch.ts';
import { isSharedIssuer, type IdentityProvider } from './provider.ts';
import { discover } from './upstream.ts';

export interface Check {
  code: string;
  outcome: 'ok' | 'warning' | 'failed';
  detail: string;
}

interface Deps {
  guardedFetch: GuardedFetch;
  allowHttp: boolean;
}

/**
 * Tries a provider as far as that goes without a person: metadata, what it supports, its keys, and whether it takes our credentials
 * (a code that cannot exist is answered `invalid_grant` when they are right, RFC 6749, 5.2). Says what is wrong in a sentence.
 */
export async function testConnection(
  deps: Deps,
  provider: IdentityProvider,
  secret: string,
  redirectUri: string,
): Promise<{ ok: boolean; checks: Check[] }> {
  const checks: Check[] = [];
  const add = (code: string, outcome: Check['outcome'], detail: string) => void checks.push({ code, outcome, detail });
  const finish = () => ({ ok: checks.every((check) => check.outcome !== 'failed'), checks });
  let configuration: client.Configuration;
  try {
    configuration = await discover(deps, { ...provider, secret });
  } catch (error) {
    add('discovery', 'failed', discoveryFault(error, provider.issuer));
    return finish();
  }
  const metadata = configuration.serverMetadata();
  add('discovery', 'ok', `The provider answers as ${metadata.issuer}.`);
  if (!metadata.authorization_endpoint || !metadata.token_endpoint || !metadata.jwks_uri)
    add(
      'endpoints',
      'failed',
      'Its metadata lacks the addresses for signing in, tokens or keys: this is no OpenID provider for websites.',
    );
  if (metadata.code_challenge_methods_supported && !metadata.code_challenge_methods_supported.includes('S256'))
    add('pkce', 'failed', 'It does not support PKCE with S256.');
  const algorithms = metadata.id_token_signing_alg_values_supported ?? [];
  if (algorithms.length > 0 && algorithms.every((each) => each === 'none' || each.startsWith('HS')))
    add('signature', 'failed', 'It signs ID tokens with none or a shared secret only. Choose RS256 or ES256 there.');
  if (isSharedIssuer(provider) === 'tid')
    add(
      'directory',
      'warning',
      'This issuer serves every Microsoft directory; only the directory ids you named are let in.',
    );
  await checkKeys(deps, metadata.jwks_uri, add);
  await checkCredentials(configuration, redirectUri, add);
  return finish();
}

type Add = (code: string, outcome: Check['outcome'], detail: string) => void;

async function checkKeys({ guardedFetch }: Deps, address: string | undefined, add: Add): Promise<void> {
  if (!address) return;
  try {
    const { keys } = (await (await guardedFetch(address)).json()) as { keys?: unknown[] };
    if (Array.isArray(keys) && keys.length > 0) add('keys', 'ok', `Its ${keys.length} signing keys can be read.`);
    else add('keys', 'failed', `No signing key was found at ${address}.`);
  } catch (error) {
    add('keys', 'failed', `Its signing keys cannot be read: ${(error as Error).message}.`);
  }
}

async function checkCredentials(configuration: client.Configuration, redirectUri: string, add: Add): Promise<void> {
  try {
    await client.genericGrantRequest(configuration, 'authorization_code', {
      code: 'connection-test',
      redirect_uri: redirectUri,
      code_verifier: client.randomPKCECodeVerifier(),
    });
    add('credentials', 'warning', 'It gave a token for a code that does not exist. Do not use it.');
  } catch (error) {
    const code = error instanceof client.ResponseBodyError ? error.error : '';
    if (code === 'invalid_grant') add('credentials', 'ok', 'It accepts the client id and the secret.');
    else if (code === 'invalid_client' || code === 'unauthorized_client')
      add(
        'credentials',
        'failed',
        'It refuses the client id or the secret. Copy both again; a secret can have expired.',
      );
    else
      add(
        'credentials',
        'warning',
        `Whether it accepts the client id and the secret could not be found out (${code || (error as Error).message}).`,
      );
  }
}

function discoveryFault(error: unknown, issuer: string): string {
  const cause = (error as { cause?: unknown }).cause;
  const refused = [error, cause].find((each): each is EgressRefused => each instanceof EgressRefused);
  if (refused) return `${refused.message}. Check the address ${issuer}.`;
  if (cause instanceof Response)
    return `${issuer} answers ${cause.status} where its metadata should be. Check the address.`;
  return `What ${issuer} answers is no metadata of an OpenID provider of that name. Copy the issuer's address exactly, as the provider shows it.`;
}
