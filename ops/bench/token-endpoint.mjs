import { Pool } from 'undici';
import { loadBuilt } from './built.mjs';
import { mintRefreshTokens } from './plain-provider.mjs';
import { addressOf } from './product.mjs';
import { startReference } from './reference.mjs';
import { compare } from './rounds.mjs';

const TYPE = 'application/x-www-form-urlencoded';
const RESOURCE = 'urn:portolan:api';

/**
 * Row 7: the token endpoint (`POST /oidc/token`), client credentials and refreshing, against oidc-provider as it comes in a process of its own, with
 * the same token formats and algorithm. The reference has its clients and its account in memory and its refresh tokens in Redis; the product finds
 * tenant and brand by host, client and person in the tenant's schema, and keeps refresh tokens there. Every connection refreshes what it got
 * by its last answer. Target ≥ 0.92. `npm run bench -- --only token-endpoint`
 */
export async function benchTokenEndpoint({ api, fixtures, host, stack }, options) {
  const { client, tenant } = fixtures;
  const issuer = await openIssuer(stack, tenant, host);
  const reference = await startReference('oidc', { ...client, redisUrl: stack.environment.REDIS_URL });
  try {
    const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
    const plain = { url: reference.url, path: '/token', pid: reference.pid };
    const product = { url: api.url, path: '/oidc/token', pid: api.pid, headers: { host } };
    const withSecret = (side) => ({
      ...side,
      url: `${side.url}${side.path}`,
      method: 'POST',
      body: 'grant_type=client_credentials',
      headers: { ...side.headers, authorization: `Basic ${basic}`, 'content-type': TYPE },
    });
    const credentials = await compare({
      title: 'Client credentials',
      sides: { reference: withSecret(plain), product: withSecret(product) },
      target: 0.92,
      options,
    });
    const mintPlain = async (count) => (await fetch(`${reference.url}/mint?count=${count}`)).json();
    const refreshed = await compare({
      title: 'Refresh',
      sides: {
        reference: { ...plain, drive: refreshing(plain, mintPlain) },
        product: { ...product, drive: refreshing(product, issuer.mint) },
      },
      target: 0.92,
      options,
    });
    return {
      title: 'Token endpoint (row 7)',
      columns: credentials.columns,
      rows: [credentials, refreshed].flatMap(({ title, rows }) =>
        rows.map(([name, ...cells]) => [`${title}: ${name}`, ...cells]),
      ),
      remarks: [credentials, refreshed].map(({ title, remarks }) => `${title}: ${remarks.join(' ')}`),
      missed: [...credentials.missed, ...refreshed.missed],
    };
  } finally {
    await issuer.close();
    await reference.stop();
  }
}

/** A load in which each connection sends the refresh token it was given last. */
const refreshing =
  ({ url, path, headers }, mint) =>
  async ({ seconds, connections }) => {
    const tokens = await mint(connections);
    const pool = new Pool(url, { connections, pipelining: 1 });
    const took = [];
    const end = performance.now() + seconds * 1000;
    try {
      await Promise.all(
        tokens.map(async (first) => {
          for (let token = first; performance.now() < end;) {
            const began = performance.now();
            const { statusCode, body } = await pool.request({
              method: 'POST',
              path,
              headers: { ...headers, 'content-type': TYPE, 'x-forwarded-for': addressOf(took.length) },
              body: new URLSearchParams({
                grant_type: 'refresh_token',
                client_id: 'cli',
                refresh_token: token,
              }).toString(),
            });
            const answer = await body.json();
            if (statusCode !== 200) throw new Error(`${url}${path}: ${statusCode} ${JSON.stringify(answer)}`);
            took.push(performance.now() - began);
            token = answer.refresh_token;
          }
        }),
      );
    } finally {
      await pool.close();
    }
    took.sort((a, b) => a - b);
    const at = (share) => took[Math.floor((took.length - 1) * share)] ?? 0;
    return { total: took.length, duration: seconds, p50: at(0.5), p99: at(0.99) };
  };

/** The issuer of the brand as the product makes it, to give refresh tokens without a browser. */
async function openIssuer(stack, tenant, host) {
  const [{ loadConfig }, { createInfrastructure }, { q }, { makeIssuer }, { listKeys }, { publicOrigin }] =
    await loadBuilt(
      'kernel/config.js',
      'app/infrastructure.js',
      'kernel/database/builder.js',
      'identity/issuer/make-issuer.js',
      'identity/issuer/signing-keys.js',
      'kernel/config.js',
    );
  const config = loadConfig({ ...stack.environment, LOG_LEVEL: 'fatal' });
  const infra = createInfrastructure(config, 'bench');
  try {
    const sql = infra.database.tenant(tenant);
    const row = await sql.one(q('brands').where({ hostname: host }));
    const person = await sql.one(q('users').where({ role: 'reseller_admin', state: 'active' }).select('id').limit(1));
    if (!row || !person) throw new Error(`${host} has no brand or no administrator`);
    const brand = { ...row, agencyId: row.agency_id, origin: publicOrigin(config, host) };
    const unused = () => Promise.reject(new Error('Not part of this bench'));
    const pages = Object.fromEntries(
      ['error', 'signOut', 'signedOut', 'askUserCode', 'confirmDevice', 'deviceSignedIn', 'formPost'].map((name) => [
        name,
        unused,
      ]),
    );
    const { provider } = makeIssuer(
      { ...infra, pages, selfFetch: unused, guardedFetch: unused, actors: { apiClient: unused } },
      tenant,
      brand,
      await listKeys(sql),
    );
    return { mint: (count) => mintRefreshTokens(provider, person.id, RESOURCE, count), close: () => infra.close() };
  } catch (error) {
    await infra.close();
    throw error;
  }
}
