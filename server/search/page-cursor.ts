import { createHash } from 'node:crypto';
import { badCursor } from './errors.ts';

/** Ties a cursor to its list, filter and order: with another the position would mean something else. */
function seal(list: string, offset: number): string {
  return createHash('sha256').update(`${list}|${offset}`).digest('base64url').slice(0, 10);
}

const listKey = (searchId: string, query: Readonly<Record<string, unknown>>): string => {
  const { cursor: _cursor, ...rest } = query;
  return `${searchId}?${JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
};

export interface Page<T> {
  rows: T[];
  next: string | null;
}

/**
 * One page of rows that do not change while the search lives. @throws ValidationFailed for a cursor that is not ours, or is of another
 * filter.
 */
export function paginate<T>(
  rows: readonly T[],
  searchId: string,
  query: Readonly<Record<string, unknown>> & { limit: number; cursor?: string | undefined },
): Page<T> {
  const list = listKey(searchId, query);
  const start = query.cursor === undefined ? 0 : readCursor(query.cursor, list);
  const end = start + query.limit;
  return { rows: rows.slice(start, end), next: end < rows.length ? `${end.toString(36)}.${seal(list, end)}` : null };
}

function readCursor(cursor: string, list: string): number {
  const [position = '', mark] = cursor.split('.');
  const offset = /^[0-9a-z]{1,6}$/.test(position) ? parseInt(position, 36) : -1;
  if (offset < 0 || mark !== seal(list, offset)) throw badCursor();
  return offset;
}
