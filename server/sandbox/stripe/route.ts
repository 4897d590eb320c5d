import type { Context } from './context.ts';
import type { Params } from './params.ts';
import { readString } from './params.ts';

type Handler = (ctx: Context, params: Params, ids: string[]) => unknown;
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  pattern: RegExp;
  handle: Handler;
}

/** An address of the API; `:id` stands for an id, at most two of them. */
export function route(
  method: Route['method'],
  path: string,
  handle: (ctx: Context, params: Params, id: string, second: string) => unknown,
): Route {
  return {
    method,
    pattern: new RegExp(`^/v1${path.replaceAll(':id', '([^/]+)')}$`),
    handle: (ctx, params, ids) => handle(ctx, params, ids[0] ?? '', ids[1] ?? ''),
  };
}

/** Keeps the objects whose named fields equal the parameters of the same name. */
export function matching<T>(items: T[], params: Params, fields: readonly (keyof T & string)[]): T[] {
  return items.filter((item) =>
    fields.every((field) => {
      const wanted = readString(params, field);
      return wanted === undefined || item[field] === wanted;
    }),
  );
}
