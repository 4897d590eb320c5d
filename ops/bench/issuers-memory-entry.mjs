import { once } from 'node:events';
import http from 'node:http';
import Koa from 'koa';
import { loadBuilt } from './built.mjs';

const SAMPLES = new Set([1, 500, 1000, 2000, 3000]);
const ISSUERS = 3000;
const AT_ONCE = 8;
/** Node collects in the background; a second call finds what the first has freed. */
const collect = async () => {
  for (let n = 0; n < 3; n += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Serves one brand after the other from the identity module of the build, and says what that costs. */
async function main({ client, tenant: slug, host }) {
  const [{ loadConfig }, { createInfrastructure }, { createModules }, { findTenantBySlug }, { q }] = await loadBuilt(
    'kernel/config.js',
    'app/infrastructure.js',
    'app/modules.js',
    'tenancy/index.js',
    'kernel/database/builder.js',
  );
  const infra = createInfrastructure(loadConfig(process.env), 'bench');
  const { identity } = createModules(infra);
  const tenant = await findTenantBySlug(infra.database.platform, slug);
  const row = await infra.database.tenant(tenant).one(q('brands').where({ hostname: host }));
  const brandAt = (n) => ({ ...row, id: `bench-${n}`, agencyId: row.agency_id, origin: `http://bench-${n}.localhost` });

  const app = new Koa();
  app.use((ctx, next) => {
    const brand = brandAt(Number(ctx.get('x-brand')));
    Object.assign(ctx.state, { tenant, brand, locale: 'en', nonce: '', requestId: '' });
    return next();
  });
  app.use(identity.middleware);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const call = (method, path, brand, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        {
          port: server.address().port,
          host: '127.0.0.1',
          agent,
          method,
          path,
          headers: { 'x-brand': brand, ...headers },
        },
        (answer) => {
          answer.resume();
          answer.on('end', () =>
            answer.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${answer.statusCode}`)),
          );
        },
      );
      request.once('error', reject).end(body);
    });
  const secret = `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`;
  const form = { authorization: secret, 'content-type': 'application/x-www-form-urlencoded' };
  const serve = async (n) => {
    await call('GET', '/oidc/.well-known/openid-configuration', n);
    await call('GET', '/oidc/jwks', n);
    await call('POST', '/oidc/token', n, form, 'grant_type=client_credentials');
  };

  for (let served = 0; served < ISSUERS;) {
    const upTo = [...SAMPLES].find((sample) => sample > served);
    while (served < upTo) {
      const some = Math.min(AT_ONCE, upTo - served);
      await Promise.all(Array.from({ length: some }, (_, n) => serve(served + n)));
      served += some;
    }
    await collect();
    const { heapUsed, rss } = process.memoryUsage();
    process.send({ served, heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 });
  }
  process.exit(0);
}

process.once('message', (settings) => {
  main(settings).catch((error) => process.send({ error: error.stack }, () => process.exit(1)));
});
