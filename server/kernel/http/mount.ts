import type { Middleware } from 'koa';

/** Runs a middleware only for paths that start with one of the prefixes. */
export function onPaths(prefixes: readonly string[], middleware: Middleware): Middleware {
  return (ctx, next) =>
    prefixes.some((prefix) => ctx.path === prefix || ctx.path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
      ? middleware(ctx, next)
      : next();
}
