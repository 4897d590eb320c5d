import { invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { readChild, readInteger, readString } from './params.ts';

export interface ListAnswer<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

function createdFilter(params: Params): (created: number) => boolean {
  if (typeof params.created === 'string') {
    const exact = readInteger(params, 'created');
    return (created) => created === exact;
  }
  const range = readChild(params, 'created');
  if (!range) return () => true;
  const bound = (key: string): number | undefined => readInteger(range, key, `created[${key}]`);
  const [gt, gte, lt, lte] = [bound('gt'), bound('gte'), bound('lt'), bound('lte')];
  return (created) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte);
}

/** One page, newest first, moved by `starting_after` / `ending_before`; `limit` is 1 to 100, 10 by default. */
export function listPage<T extends { id: string; created?: number }>(
  all: T[],
  params: Params,
  url: string,
): ListAnswer<T> {
  const limit = readInteger(params, 'limit') ?? 10;
  if (limit < 1 || limit > 100)
    throw invalidParam('limit', `Limit must be between 1 and 100; you sent ${limit}.`, 'parameter_invalid_integer');
  const matches = createdFilter(params);
  const items = all.filter((item) => matches(item.created ?? 0)).reverse();
  const position = (key: string): number | undefined => {
    const id = readString(params, key);
    if (id === undefined) return undefined;
    const index = items.findIndex((item) => item.id === id);
    if (index < 0) throw invalidParam(key, `No such object: '${id}'`, 'resource_missing');
    return index;
  };
  const after = position('starting_after');
  const before = position('ending_before');
  if (before !== undefined) {
    const from = Math.max(0, before - limit);
    return { object: 'list', data: items.slice(from, before), has_more: from > 0, url };
  }
  const from = after === undefined ? 0 : after + 1;
  return { object: 'list', data: items.slice(from, from + limit), has_more: items.length > from + limit, url };
}
