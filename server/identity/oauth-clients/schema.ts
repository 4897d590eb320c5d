import { z } from 'zod';
import { Instant, PageQuery, Uuid, pageOf } from '../../kernel/http/wire.ts';
import { ALL_API_SCOPES, OIDC_SCOPES } from '../issuer/scopes.ts';
import { AUTH_METHODS } from './oauth-client.ts';

const uri = z.string().min(3).max(500);
const uris = z.array(uri).max(20);
const jwks = z.object({
  keys: z
    .array(z.looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']) }))
    .min(1)
    .max(5),
});
const scopes = z
  .array(z.enum([...OIDC_SCOPES, ...ALL_API_SCOPES]))
  .min(1)
  .max(40)
  .transform((values) => [...new Set(values)]);

const changeable = {
  name: z.string().trim().min(2).max(80).describe('Shown to people who are asked for their consent'),
  redirectUris: uris.describe(
    'Compared character by character. Web: https. Native: https, loopback http or a private scheme',
  ),
  postLogoutRedirectUris: uris,
  backchannelLogoutUri: uri.nullable().describe('Told when a session ends (OpenID Connect Back-Channel Logout 1.0)'),
  scopes: scopes.describe('What it may ask for'),
  requirePar: z.boolean().describe('Authorization requests must be pushed (RFC 9126)'),
  requireDpop: z.boolean().describe('Tokens are bound to a key of the application (RFC 9449)'),
  deviceFlow: z.boolean().describe('May sign people in on devices without a browser (RFC 8628)'),
  jwks: jwks.nullable().describe('Public keys for private_key_jwt'),
};

export const OAuthClientCreate = z
  .strictObject({
    name: changeable.name,
    applicationType: z.enum(['web', 'native']),
    authMethod: z.enum(AUTH_METHODS).describe('How it proves itself to the token endpoint; native applications: none'),
    subjectType: z
      .enum(['public', 'pairwise'])
      .default('public')
      .describe('Whether every application sees the same id of a person'),
    redirectUris: changeable.redirectUris.default([]),
    postLogoutRedirectUris: changeable.postLogoutRedirectUris.default([]),
    backchannelLogoutUri: changeable.backchannelLogoutUri.default(null),
    scopes: changeable.scopes.default(['openid', 'profile', 'email']),
    requirePar: changeable.requirePar.default(false),
    requireDpop: changeable.requireDpop.default(false),
    deviceFlow: changeable.deviceFlow.default(false),
    jwks: changeable.jwks.default(null),
  })
  .openapi('OAuthClientCreate');

export const OAuthClientChange = z.strictObject(changeable).partial().openapi('OAuthClientChange');

export const OAuthClientSchema = z
  .object({
    id: Uuid,
    clientId: z.string(),
    name: z.string(),
    applicationType: z.enum(['web', 'native']),
    authMethod: z.enum(AUTH_METHODS),
    subjectType: z.enum(['public', 'pairwise']),
    redirectUris: z.array(z.string()),
    postLogoutRedirectUris: z.array(z.string()),
    backchannelLogoutUri: z.string().nullable(),
    scopes: z.array(z.string()),
    requirePar: z.boolean(),
    requireDpop: z.boolean(),
    deviceFlow: z.boolean(),
    jwks: jwks.nullable(),
    state: z.enum(['active', 'revoked']),
    createdAt: Instant,
    version: z.number().int(),
  })
  .openapi('OAuthClient');

export const OAuthClientCreated = OAuthClientSchema.extend({
  clientSecret: z.string().nullable().describe('Shown this once; null where it proves itself otherwise'),
  issuer: z.string().describe('Where its configuration is: append /.well-known/openid-configuration'),
}).openapi('OAuthClientCreated');

export const OAuthClientSecret = z
  .object({ clientSecret: z.string().describe('Shown this once; the one before works no more') })
  .openapi('OAuthClientSecret');

export const OAuthClientQuery = PageQuery.strict();
export const OAuthClientPage = pageOf(OAuthClientSchema).openapi('OAuthClientPage');
