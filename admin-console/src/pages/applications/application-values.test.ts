import { describe, expect, it } from 'vitest';
import type { Application } from '../../api/applications.ts';
import { changeOf, hasSecret, inputOf, keysOf, valuesOf } from './application-values.ts';

const stored: Application = {
  id: 'o1',
  clientId: 'app_1',
  name: 'Intranet',
  applicationType: 'web',
  authMethod: 'private_key_jwt',
  subjectType: 'pairwise',
  redirectUris: ['https://intranet.test/callback', 'https://intranet.test/other'],
  postLogoutRedirectUris: [],
  backchannelLogoutUri: null,
  scopes: ['openid', 'api'],
  requirePar: true,
  requireDpop: false,
  deviceFlow: false,
  jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
  state: 'active',
  createdAt: '2026-11-24T10:00:00Z',
  version: 3,
};

describe('the form of an application', () => {
  it('sends back unchanged what it was not asked to change', () => {
    const { id, clientId, state, createdAt, version, ...settings } = stored;
    expect(inputOf(valuesOf(stored))).toEqual(settings);
    expect([id, clientId, state, createdAt, version]).toHaveLength(5);
  });

  it('reads addresses one to a line, without blanks and empty lines', () => {
    const values = { ...valuesOf(null), redirectUris: ' https://a.test/cb \n\n\thttps://b.test/cb\n' };
    expect(changeOf(values).redirectUris).toEqual(['https://a.test/cb', 'https://b.test/cb']);
  });

  it('gives a native application no secret and no keys, whatever was chosen before', () => {
    const values = { ...valuesOf(stored), applicationType: 'native' as const };
    expect(inputOf(values)).toMatchObject({ authMethod: 'none', jwks: null });
  });

  it('tells a key set from other text', () => {
    expect(keysOf('{"keys":[{"kty":"EC"}]}')).toEqual({ keys: [{ kty: 'EC' }] });
    for (const text of ['', 'keys', 'null', '[]', '{"kty":"EC"}']) expect(keysOf(text)).toBeUndefined();
  });

  it('renews secrets only where there is one', () => {
    expect(hasSecret({ authMethod: 'client_secret_post' })).toBe(true);
    expect(hasSecret({ authMethod: 'private_key_jwt' })).toBe(false);
    expect(hasSecret({ authMethod: 'none' })).toBe(false);
  });
});
