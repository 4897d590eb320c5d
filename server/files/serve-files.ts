import { LRUCache } from 'lru-cache';
import type { Middleware } from 'koa';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { LinkRefused } from './errors.ts';
import { FILE_PREFIX, fileIdOf, type FileStore, type StoredFile } from './file.ts';
import { isSigned } from './signed-path.ts';

const CACHE_BYTES = 32 * 1024 * 1024;
/** Even opened by itself a file may load nothing and run nothing. */
const POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * `GET /files/<id>.<type>`: a published picture for everybody, any other for who has a signed link. The type is what we drew, never what
 * was uploaded.
 */
export function serveFiles(deps: { database: Database; store: FileStore<TenantSql>; clock: Clock }): Middleware {
  const published = new LRUCache<string, StoredFile>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (file) => file.data.length + 200,
  });

  async function find(tenant: Tenant, id: string): Promise<StoredFile | undefined> {
    const key = `${tenant.id}:${id}`;
    const kept = published.get(key);
    if (kept) return kept;
    const file = await deps.store.find(deps.database.tenant(tenant), id);
    if (file?.published) published.set(key, file);
    return file;
  }

  return async (ctx, next) => {
    if (!ctx.path.startsWith(FILE_PREFIX) || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    const tenant = ctx.state.tenant as Tenant;
    const id = fileIdOf(ctx.path);
    const file = id === undefined ? undefined : await find(tenant, id);
    if (!file || !ctx.path.endsWith(file.contentType.slice('image/'.length))) throw NotFound({ what: 'This file' });
    if (!file.published) {
      if (ctx.querystring === '') throw NotFound({ what: 'This file' });
      const secret = deps.database.tenant(tenant).vault.derive('files');
      if (!isSigned(secret, ctx.path, ctx.query, deps.clock.now())) throw LinkRefused();
    }
    ctx.state.route = 'files';
    ctx.set({
      'content-security-policy': POLICY,
      // Mails show logos in other people's pages.
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': file.published ? 'public, max-age=31536000, immutable' : 'private, no-store',
      etag: `"${file.digest.slice(0, 22)}"`,
    });
    ctx.type = file.contentType;
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = file.data;
  };
}
