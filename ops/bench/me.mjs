import { startReference } from './reference.mjs';
import { compare } from './rounds.mjs';

/**
 * Row 8: what it costs to know who asks. The same public route (`GET /api/v1/places`) with a bearer token that was seen before against
 * without one; target ≥ 0.85. Beside it, `GET /api/v1/me` against Koa that verifies the same token with jose each time
 * and sends the same bytes, which is all that the product's limits, log, metrics and headers cost too.
 * `npm run bench -- --only me`
 */
export async function benchMe({ api, fixtures, host }, options) {
  const places = { url: `${api.url}/api/v1/places?query=MAD`, pid: api.pid };
  const token = await compare({
    title: 'With a token against without (row 8)',
    sides: {
      reference: { ...places, headers: { host } },
      product: { ...places, headers: { host, ...fixtures.bearer } },
    },
    target: 0.85,
    options,
  });
  const bare = await compareWithBareKoa({ api, fixtures, host }, options);
  return {
    title: 'Authorised request (row 8)',
    columns: token.columns,
    rows: [
      ...token.rows.map(([name, ...cells]) => [`GET /places, token against none: ${name}`, ...cells]),
      ...bare.rows.map(([name, ...cells]) => [`GET /me against Koa and jose: ${name}`, ...cells]),
    ],
    remarks: [token, bare].map(({ title, remarks }) => `${title}: ${remarks.join(' ')}`),
    missed: [...token.missed, ...bare.missed],
  };
}

async function compareWithBareKoa({ api, fixtures, host }, options) {
  const path = '/api/v1/me';
  const [answer, jwks] = [await api.ask('GET', path, { headers: fixtures.bearer }), await api.ask('GET', '/oidc/jwks')];
  if (answer.status !== 200 || jwks.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  const claims = JSON.parse(Buffer.from(fixtures.bearer.authorization.split('.')[1], 'base64url').toString());
  const reference = await startReference('bearer', {
    jwks: JSON.parse(jwks.text),
    issuer: claims.iss,
    audience: claims.aud,
    body: answer.text,
  });
  try {
    return await compare({
      title: 'GET /me against Koa and jose',
      sides: {
        reference: { url: `${reference.url}/`, pid: reference.pid, headers: fixtures.bearer },
        product: { url: `${api.url}${path}`, pid: api.pid, headers: { host, ...fixtures.bearer } },
      },
      target: 0.85,
      options,
    });
  } finally {
    await reference.stop();
  }
}
