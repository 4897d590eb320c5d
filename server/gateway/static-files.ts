import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Context, Middleware } from 'koa';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
};
const MAX_FILE_BYTES = 4 * 1024 * 1024;

interface StaticFile {
  body: Buffer;
  contentType: string;
  etag: string;
}

/** Files of one folder under a prefix, kept in memory. Names with a hash are immutable; only listed kinds of file leave the folder. */
export function staticFiles(options: { prefix: string; folder: string; immutable: boolean }): Middleware {
  const cache = new LRUCache<string, StaticFile>({
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: (file) => file.body.length + 1,
  });
  const root = path.resolve(options.folder);

  async function load(relative: string): Promise<StaticFile | undefined> {
    const hit = cache.get(relative);
    if (hit) return hit;
    const file = path.resolve(root, relative);
    const contentType = TYPES[path.extname(file)];
    if (!file.startsWith(`${root}${path.sep}`) || !contentType || relative.includes('\0')) return undefined;
    const body = await readFile(file).catch(() => undefined);
    if (!body || body.length > MAX_FILE_BYTES) return undefined;
    const loaded = {
      body,
      contentType,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    };
    cache.set(relative, loaded);
    return loaded;
  }

  return async (ctx, next) => {
    if (!ctx.path.startsWith(options.prefix) || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    const file = await load(safeDecode(ctx.path.slice(options.prefix.length)));
    if (!file) return next();
    sendStatic(ctx, file, options.immutable);
  };
}

/** Answers with a file, or 304. */
export function sendStatic(ctx: Context, file: StaticFile, immutable: boolean): void {
  ctx.type = file.contentType;
  ctx.set('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=300');
  ctx.set('etag', file.etag);
  ctx.status = 200;
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = file.body;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
