import { ValidationFailed } from '../errors.ts';

const MAX_PARAMETERS = 100;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const REFUSED_NAMES = new Set(['constructor', 'prototype']);

/**
 * Reads a query string of the API: each parameter once, with a plain name. Brackets are nobody's language here; a parameter that comes
 * twice means one thing to one reader and another to the next (HTTP parameter pollution), so neither counts.
 * @throws ValidationFailed naming each parameter
 */
export function readQuery(search: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  const faults: Array<{ pointer: string; code: string; detail: string }> = [];
  let count = 0;
  for (const [name, value] of new URLSearchParams(search)) {
    if ((count += 1) > MAX_PARAMETERS) {
      faults.push({ pointer: '?', code: 'too_many', detail: `Send at most ${MAX_PARAMETERS} parameters.` });
      break;
    }
    const shown = name.slice(0, 64);
    if (!NAME.test(name) || REFUSED_NAMES.has(name))
      faults.push({ pointer: `?${shown}`, code: 'unknown_field', detail: `"${shown}" is no name of a parameter` });
    else if (name in query)
      faults.push({ pointer: `?${shown}`, code: 'given_twice', detail: `${shown}: give it once` });
    else query[name] = value;
  }
  if (faults.length > 0) throw ValidationFailed({ errors: faults.slice(0, 20) });
  return query;
}
