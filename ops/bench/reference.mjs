import { once } from 'node:events';
import { fork } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createLocalJWKSet, jwtVerify } from 'jose';
import Koa from 'koa';
import { LRUCache } from 'lru-cache';
import pg from 'pg';

// What the product is compared with: for each bench the least that any server of this kind must do, in a process of its own.
//   lru   one look-up in an LRU, the stored bytes are sent
//   pg    one named (prepared) statement, schema-qualified, no role; the rows are sent as JSON
//   bearer verifies an ES256 access token (jose), stored bytes are sent
//   oidc  oidc-provider as it comes
//   ssr   `renderToString` of a page whose data is already in the stores

/** Starts a reference of a kind; `stop` ends it. */
export async function startReference(kind, settings) {
  const child = fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, NODE_ENV: 'production' } });
  child.send({ kind, settings });
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [{}])]);
  if (!message.port) throw new Error(`The reference "${kind}" did not start`);
  return {
    url: `http://127.0.0.1:${message.port}`,
    pid: child.pid,
    stop: async () => void (child.kill(), await once(child, 'exit')),
  };
}

const kinds = {
  lru({ body, type }) {
    const cache = new LRUCache({ max: 1000 });
    cache.set('/', body);
    return (ctx) => {
      ctx.type = type;
      ctx.body = cache.get(ctx.path);
    };
  },
  pg({ connection, text, values, columns, rest }) {
    const pool = new pg.Pool({ ...connection, max: 8 });
    return async (ctx) => {
      const { rows } = await pool.query({ name: 'list', text, values });
      ctx.body = { data: rows.map((row) => pickColumns(row, columns)), ...rest };
    };
  },
  bearer({ jwks, issuer, audience, body }) {
    const keys = createLocalJWKSet(jwks);
    return async (ctx) => {
      await jwtVerify(ctx.get('authorization').slice('Bearer '.length), keys, {
        issuer,
        audience,
        algorithms: ['ES256'],
      });
      ctx.type = 'json';
      ctx.body = body;
    };
  },
  async oidc(settings) {
    const { plainProvider } = await import('./plain-provider.mjs');
    return plainProvider(settings);
  },
  async ssr({ bundle, url, brand, search }) {
    const { openPage } = await import(pathToFileURL(bundle).href);
    const draw = await openPage(url, { brand, search });
    return async (ctx) => {
      ctx.type = 'html';
      ctx.body = await draw();
    };
  },
};

const pickColumns = (row, columns) => Object.fromEntries(columns.map((column) => [column, row[column]]));

if (process.send) {
  process.once('message', async ({ kind, settings }) => {
    const app = new Koa();
    app.use(await kinds[kind](settings));
    const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  });
}
