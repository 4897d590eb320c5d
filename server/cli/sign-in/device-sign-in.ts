import * as oidc from 'openid-client';
import { AppError } from '../../kernel/errors.ts';
import { ownHostFetch } from './own-host-fetch.ts';
import { readTokens, saveTokens, type SavedTokens } from './token-file.ts';

const CLIENT_ID = 'cli';
const SCOPE = 'openid profile email offline_access api';
/** A token that ends within this time is renewed before it is used. */
const MARGIN_MS = 30_000;

const usage = (message: string) => new AppError({ code: 'cli.usage', status: 400, title: 'Wrong usage' }, message);
export const notSignedIn = () =>
  new AppError(
    { code: 'cli.not_signed_in', status: 401, title: 'Not signed in' },
    'You are not signed in. Run: portolan login --host <host>',
  );

/**
 * Origin of a host as a person types it: with or without scheme and port. Hosts of this machine are taken for http on the port that
 * Portolan listens on, all others for https.
 */
export function originOf(host: string, defaultPort: string): string {
  const local = /^([a-z0-9-]+\.)*localhost(:\d+)?$/i.test(host);
  const withPort = local && !host.includes(':') ? `${host}:${defaultPort}` : host;
  const url = /^https?:\/\//i.test(host) ? host : `${local ? 'http' : 'https'}://${withPort}`;
  if (!URL.canParse(url)) throw usage(`"${host}" is no host. Example: portolan login --host aurora.localhost`);
  const { origin, hostname, protocol } = new URL(url);
  if (protocol === 'http:' && !/(^|\.)localhost$|^127\.0\.0\.1$/.test(hostname))
    throw usage(`${hostname} must be reached by https: what is sent there is as good as a password.`);
  return origin;
}

async function discover(origin: string): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(`${origin}/oidc`), CLIENT_ID, { id_token_signed_response_alg: 'ES256' }, oidc.None(), {
    [oidc.customFetch]: ownHostFetch,
    ...(origin.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {}),
  });
}

const toSaved = (origin: string, answer: oidc.TokenEndpointResponse, before = ''): SavedTokens => ({
  origin,
  accessToken: answer.access_token,
  refreshToken: answer.refresh_token ?? before,
  accessExpiresAt: Date.now() + (answer.expires_in ?? 0) * 1000,
});

/**
 * Signs a person in by the device flow (RFC 8628): the browser may be on another machine. Waits until the person is done.
 * @param say gets the address to open and the code to compare
 */
export async function signInByDevice(
  origin: string,
  say: (where: { uri: string; complete: string; code: string; expiresIn: number }) => void,
): Promise<SavedTokens> {
  const config = await discover(origin);
  const device = await oidc.initiateDeviceAuthorization(config, { scope: SCOPE, resource: 'urn:portolan:api' });
  say({
    uri: device.verification_uri,
    complete: device.verification_uri_complete ?? device.verification_uri,
    code: device.user_code,
    expiresIn: device.expires_in,
  });
  const tokens = toSaved(origin, await oidc.pollDeviceAuthorizationGrant(config, device));
  await saveTokens(tokens);
  return tokens;
}

/** Tokens that are good for a call now; renewed and kept when they were about to end. @throws AppError when there are none */
export async function currentTokens(): Promise<SavedTokens> {
  const saved = await readTokens();
  if (!saved) throw notSignedIn();
  if (saved.accessExpiresAt - MARGIN_MS > Date.now()) return saved;
  const config = await discover(saved.origin);
  const answer = await oidc.refreshTokenGrant(config, saved.refreshToken).catch((error: unknown) => {
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') throw notSignedIn();
    throw error;
  });
  const tokens = toSaved(saved.origin, answer, saved.refreshToken);
  await saveTokens(tokens);
  return tokens;
}

/** Takes the refresh token back at the issuer, and with it everything it could get. */
export async function revokeTokens(saved: SavedTokens): Promise<void> {
  await oidc.tokenRevocation(await discover(saved.origin), saved.refreshToken, { token_type_hint: 'refresh_token' });
}

/** Calls the API of the host that was signed in to. */
export async function callApi(tokens: SavedTokens, path: string): Promise<Response> {
  return ownHostFetch(`${tokens.origin}/api/v1${path}`, {
    method: 'GET',
    headers: { authorization: `Bearer ${tokens.accessToken}`, accept: 'application/json' },
    body: undefined,
    redirect: 'manual',
  });
}
