import type { JSONWebKeySet } from 'jose';

export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];
export type ApplicationType = 'web' | 'native';

/** What an administrator says of an application. */
export interface OAuthClientSettings {
  readonly name: string;
  readonly applicationType: ApplicationType;
  readonly authMethod: AuthMethod;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri: string | null;
  readonly subjectType: 'public' | 'pairwise';
  readonly scopes: readonly string[];
  readonly requirePar: boolean;
  readonly requireDpop: boolean;
  readonly deviceFlow: boolean;
  readonly jwks: JSONWebKeySet | null;
}

export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** RFC 8252, 7.1: a private scheme is a domain name of the application's maker, backwards. */
const PRIVATE_SCHEME = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/**
 * Why an address may not be one that codes are sent to; undefined when it may. Web applications: https. Native ones: https, the own machine,
 * or a private scheme with a dot (RFC 8252, 7). Compared character by character later, so it is stored as it is.
 */
export function redirectUriFault(uri: string, type: ApplicationType): string | undefined {
  if (!URL.canParse(uri)) return 'is not an absolute URL';
  const url = new URL(uri);
  if (uri.includes('#')) return 'must have no fragment';
  if (url.username || url.password) return 'must name no user';
  if (uri.includes('*') || /[^\x21-\x7e]/.test(uri) || uri.includes('\\'))
    return 'must hold plain characters only, and no *';
  if (url.protocol === 'https:') {
    if (LOOPBACK.has(url.hostname)) return 'must name a host on the network';
    return url.href === uri || url.href === `${uri}/` ? undefined : `must be written in its normal form: ${url.href}`;
  }
  if (type === 'web') return 'must begin with https://';
  if (url.protocol === 'http:')
    return LOOPBACK.has(url.hostname) ? undefined : 'may use http only for 127.0.0.1, [::1] or localhost';
  return PRIVATE_SCHEME.test(url.protocol)
    ? undefined
    : 'must begin with https://, http://127.0.0.1 or a scheme with a dot, such as com.example.app:';
}

/** What is wrong with the settings as a whole; empty when nothing is. `httpLogout` allows http for logout calls, in development. */
export function settingsFaults(settings: OAuthClientSettings, rules: { httpLogout: boolean }): Fault[] {
  const faults: Fault[] = [];
  const fault = (pointer: string, code: string, detail: string) => faults.push({ pointer, code, detail });
  for (const field of ['redirectUris', 'postLogoutRedirectUris'] as const)
    for (const [at, uri] of settings[field].entries()) {
      const why = redirectUriFault(uri, settings.applicationType);
      if (why) fault(`/${field}/${at}`, 'uri', `${uri} ${why}.`);
    }
  const { applicationType: type, authMethod, redirectUris, backchannelLogoutUri: logout, jwks } = settings;
  if ((type === 'native') !== (authMethod === 'none'))
    fault(
      '/authMethod',
      'auth_method',
      type === 'native'
        ? 'A native application cannot keep a secret: use none. It proves itself by PKCE.'
        : 'A web application must authenticate: use client_secret_basic, client_secret_post or private_key_jwt.',
    );
  if (!settings.scopes.includes('openid'))
    fault('/scopes', 'openid', 'Applications sign people in: scopes must hold openid.');
  if (redirectUris.length === 0 && !settings.deviceFlow)
    fault('/redirectUris', 'required', 'Name at least one address, or allow the device flow.');
  if (logout !== null && !isLogoutUri(logout, rules.httpLogout))
    fault('/backchannelLogoutUri', 'uri', 'backchannelLogoutUri must be an https URL without fragment and user.');
  if (settings.subjectType === 'pairwise') {
    const hosts = new Set(redirectUris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).host));
    if (hosts.size !== 1)
      fault('/redirectUris', 'sector', 'Pairwise subjects are made for one host: all redirectUris must be on it.');
    if (settings.deviceFlow)
      fault(
        '/deviceFlow',
        'sector',
        'The device flow has no host that pairwise subjects could be made for: use public.',
      );
  }
  if ((authMethod === 'private_key_jwt') !== (jwks !== null))
    fault('/jwks', 'jwks', 'Send jwks with the public keys for private_key_jwt, and only then.');
  if (jwks?.keys.some((key) => PRIVATE_MEMBERS.some((member) => member in key)))
    fault(
      '/jwks',
      'private_key',
      'jwks holds a private or symmetric key. Make a new one: this one is no secret any more.',
    );
  return faults;
}

function isLogoutUri(uri: string, http: boolean): boolean {
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  return (
    (url.protocol === 'https:' || (http && url.protocol === 'http:')) && !url.hash && !url.username && !url.password
  );
}
