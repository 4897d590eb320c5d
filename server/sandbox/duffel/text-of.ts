/** A text field of a request body; anything else counts as empty, so ids of it are not found. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
