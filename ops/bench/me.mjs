import { startReference } from './reference.mjs';
import { compare } from './rounds.mjs';

/**
 * Row 8: an authorised request that does next to nothing else (`GET /api/v1/me` with a bearer token that was seen before), against Koa that
 * verifies the same token with jose each time and sends the same bytes. The product remembers a verified token for as long as it
 * lives, and asks for its client's state every few seconds. Target ≥ 0.85. `npm run bench -- --only me`
 */
export async function benchMe({ api, fixtures, host }, options) {
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
    const sides = {
      reference: { url: `${reference.url}/`, pid: reference.pid, headers: fixtures.bearer },
      product: { url: `${api.url}${path}`, pid: api.pid, headers: { host, ...fixtures.bearer } },
    };
    return await compare({ title: 'Authorised request, GET /me (row 8)', sides, target: 0.85, options });
  } finally {
    await reference.stop();
  }
}
