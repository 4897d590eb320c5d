import { ValidationFailed } from '../errors.ts';

/** Cursor of a page that ends with this sort key: opaque to callers. */
export const encodeCursor = (key: string | number): string => Buffer.from(String(key)).toString('base64url');

/**
 * Sort key of a cursor, or undefined for the first page.
 * @throws ValidationFailed for a text that `encodeCursor` did not make for this list
 */
export function decodeCursor(cursor: string | undefined, form: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString();
  if (form.test(key)) return key;
  throw ValidationFailed({
    errors: [
      {
        pointer: '?cursor',
        code: 'invalid',
        detail: 'cursor must be the `next` of a page of this list; leave it out for the first page.',
      },
    ],
  });
}

export const UUID_CURSOR = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const NUMBER_CURSOR = /^\d{1,15}$/;

/** Time (milliseconds) and id of a row, for lists whose ids do not sort by time. */
export const TIME_CURSOR = /^\d{1,15}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const timeKey = (row: { at: Date; id: string }): string => `${row.at.getTime()}_${row.id}`;
/** What a time cursor names. */
export function readTimeKey(key: string): { at: Date; id: string } {
  const [at = '0', id = ''] = key.split('_');
  return { at: new Date(Number(at)), id };
}

/** Makes a page of rows that were queried with a limit of one more than asked. */
export function toPage<R>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => string | number,
): { rows: readonly R[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
