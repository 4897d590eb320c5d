import { exportJWK, generateKeyPair } from 'jose';
import { Redis } from 'ioredis';
import Provider from 'oidc-provider';

const RESOURCE = 'urn:bench:api';
const ACCOUNT = 'bench-account';

/** What a provider keeps, in Redis: a hash each, consumed by a field, as the example adapter of oidc-provider's documentation does it. */
const adapterOf = (redis) =>
  class {
    constructor(model) {
      this.model = model;
    }
    key(id) {
      return `bench-oidc:${this.model}:${id}`;
    }
    async upsert(id, payload, expiresIn) {
      const write = redis
        .multi()
        .hset(this.key(id), 'payload', JSON.stringify(payload))
        .expire(this.key(id), expiresIn);
      if (payload.grantId) {
        const grant = `bench-oidc:grant:${payload.grantId}`;
        write.rpush(grant, this.key(id)).expire(grant, expiresIn);
      }
      await write.exec();
    }
    async find(id) {
      const { payload, consumed } = await redis.hgetall(this.key(id));
      return payload ? { ...JSON.parse(payload), ...(consumed ? { consumed } : {}) } : undefined;
    }
    async consume(id) {
      await redis.hset(this.key(id), 'consumed', Math.floor(Date.now() / 1000));
    }
    async destroy(id) {
      await redis.del(this.key(id));
    }
    async revokeByGrantId(grantId) {
      const grant = `bench-oidc:grant:${grantId}`;
      await redis.del(grant, ...(await redis.lrange(grant, 0, -1)));
    }
  };

/**
 * oidc-provider as it comes, with the formats and algorithms of the product: JWT access tokens for one API and ID tokens, both ES256; rotating
 * refresh tokens. `GET /mint?count=` answers refresh tokens of a grant each.
 */
export async function plainProvider({ clientId, clientSecret, redisUrl }) {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = new Provider('http://127.0.0.1/oidc', {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'bench', alg: 'ES256', use: 'sig' }] },
    adapter: adapterOf(new Redis(redisUrl)),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        client_id: 'cli',
        grant_types: ['refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'none',
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    extraTokenClaims: () => ({ role: 'agent', agency_id: null }),
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: { AccessToken: 600, ClientCredentials: 600, IdToken: 3600, Grant: 86_400, RefreshToken: 86_400 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'api',
          audience: RESOURCE,
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  const handle = provider.callback();
  return async (ctx) => {
    if (ctx.path === '/mint')
      return void (ctx.body = await mintRefreshTokens(provider, ACCOUNT, RESOURCE, Number(ctx.query.count)));
    ctx.respond = false;
    await handle(ctx.req, ctx.res);
  };
}

/** Refresh tokens of the client `cli`, each of a grant of its own, as the device flow would have given them. */
export async function mintRefreshTokens(provider, accountId, resource, count) {
  const client = await provider.Client.find('cli');
  return Promise.all(
    Array.from({ length: count }, async () => {
      const grant = new provider.Grant({ accountId, clientId: 'cli' });
      grant.addOIDCScope('openid offline_access');
      grant.addResourceScope(resource, 'api');
      const token = new provider.RefreshToken({
        accountId,
        client,
        grantId: await grant.save(),
        gty: 'device_code',
        scope: 'openid offline_access api',
        resource,
        claims: {},
        rotations: 0,
        authTime: Math.floor(Date.now() / 1000),
      });
      return token.save();
    }),
  );
}
