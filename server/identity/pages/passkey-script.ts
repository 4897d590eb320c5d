import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Context } from 'koa';

/** Address of the one script of the account pages; the version in it is the library's. */
export const PASSKEY_SCRIPT = '/account/passkeys.js?v=14.0.0-1';

const library = (): string => {
  const entry = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  return path.join(path.dirname(entry), '..', 'dist', 'bundle', 'index.umd.min.js');
};

/** Serves @simplewebauthn/browser and what ties it to our forms, from the brand's own host. */
export function createPasskeyScript(): (ctx: Context) => Promise<void> {
  let text: Promise<string> | undefined;
  const load = async () => {
    const files = [library(), path.join(import.meta.dirname, 'passkeys-client.js')];
    return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  };
  return async (ctx) => {
    text ??= load();
    text.catch(() => (text = undefined));
    ctx.body = await text;
    ctx.type = 'text/javascript';
    ctx.set('cache-control', 'public, max-age=86400');
  };
}
