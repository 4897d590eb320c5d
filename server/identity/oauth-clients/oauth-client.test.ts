import { describe, expect, it } from 'vitest';
import { redirectUriFault, settingsFaults, type OAuthClientSettings } from './oauth-client.ts';

const settings = (over: Partial<OAuthClientSettings> = {}): OAuthClientSettings => ({
  name: 'Partner',
  applicationType: 'web',
  authMethod: 'client_secret_basic',
  redirectUris: ['https://app.partner.test/callback'],
  postLogoutRedirectUris: [],
  backchannelLogoutUri: null,
  subjectType: 'public',
  scopes: ['openid'],
  requirePar: false,
  requireDpop: false,
  deviceFlow: false,
  jwks: null,
  ...over,
});
const faults = (over: Partial<OAuthClientSettings>, httpLogout = false) =>
  settingsFaults(settings(over), { httpLogout }).map(({ pointer, code }) => `${pointer} ${code}`);

describe('an address that codes are sent to', () => {
  it.each([
    ['web', 'https://app.partner.test/callback'],
    ['web', 'https://app.partner.test:8443/callback?tenant=1'],
    ['native', 'http://127.0.0.1/callback'],
    ['native', 'http://[::1]:5000/callback'],
    ['native', 'com.example.app:/callback'],
    ['native', 'https://app.partner.test/callback'],
  ] as const)('may be for %s: %s', (type, uri) => {
    expect(redirectUriFault(uri, type)).toBeUndefined();
  });

  it.each([
    ['web', '/callback'],
    ['web', 'http://app.partner.test/callback'],
    ['web', 'http://127.0.0.1/callback'],
    ['web', 'https://localhost/callback'],
    ['web', 'https://app.partner.test/callback#x'],
    ['web', 'https://app.partner.test/callback#'],
    ['web', 'https://user@app.partner.test/callback'],
    ['web', 'https://*.partner.test/callback'],
    ['web', 'https://app.partner.test/a/../callback'],
    ['web', 'https://APP.partner.test/callback'],
    ['web', 'https://app.partner.test\\@evil.test/callback'],
    ['web', 'https://app.partner.test/call back'],
    ['web', 'javascript:alert(1)'],
    ['web', 'com.example.app:/callback'],
    ['native', 'http://10.0.0.1/callback'],
    ['native', 'http://127.0.0.1.evil.test/callback'],
    ['native', 'javascript:alert(1)'],
    ['native', 'myapp:/callback'],
    ['native', 'data:text/html,x'],
  ] as const)('may not be for %s: %s', (type, uri) => {
    expect(redirectUriFault(uri, type)).toBeTruthy();
  });
});

describe('the settings of an application', () => {
  it('hold together', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ scopes: ['api'] })).toEqual(['/scopes openid']);
    expect(faults({ redirectUris: [] })).toEqual(['/redirectUris required']);
    expect(faults({ redirectUris: [], deviceFlow: true })).toEqual([]);
    expect(faults({ applicationType: 'native' })).toEqual(['/authMethod auth_method']);
    expect(faults({ authMethod: 'none' })).toEqual(['/authMethod auth_method']);
    expect(faults({ applicationType: 'native', authMethod: 'none' })).toEqual([]);
    expect(faults({ postLogoutRedirectUris: ['https://app.partner.test/', 'http://evil.test/'] })).toEqual([
      '/postLogoutRedirectUris/1 uri',
    ]);
  });

  it('name one host where subjects are made for a host', () => {
    const redirectUris = ['https://app.partner.test/a', 'https://app.partner.test/b'];
    expect(faults({ subjectType: 'pairwise', redirectUris })).toEqual([]);
    expect(faults({ subjectType: 'pairwise', redirectUris: [...redirectUris, 'https://b.test/'] })).toEqual([
      '/redirectUris sector',
    ]);
    expect(faults({ subjectType: 'pairwise', deviceFlow: true })).toEqual(['/deviceFlow sector']);
  });

  it('hold public keys where it proves itself by them, and never private ones', () => {
    const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };
    expect(faults({ authMethod: 'private_key_jwt' })).toEqual(['/jwks jwks']);
    expect(faults({ authMethod: 'private_key_jwt', jwks: { keys: [key] } })).toEqual([]);
    expect(faults({ jwks: { keys: [key] } })).toEqual(['/jwks jwks']);
    expect(faults({ authMethod: 'private_key_jwt', jwks: { keys: [{ ...key, d: 'secret' }] } })).toEqual([
      '/jwks private_key',
    ]);
  });

  it('send logout calls over https, over http only in development', () => {
    expect(faults({ backchannelLogoutUri: 'https://app.partner.test/logout' })).toEqual([]);
    expect(faults({ backchannelLogoutUri: 'http://app.partner.test/logout' })).toEqual(['/backchannelLogoutUri uri']);
    expect(faults({ backchannelLogoutUri: 'http://app.partner.test/logout' }, true)).toEqual([]);
    expect(faults({ backchannelLogoutUri: 'https://u:p@app.partner.test/' }, true)).toEqual([
      '/backchannelLogoutUri uri',
    ]);
  });
});
