import type { ProblemBody } from '../api/problem.ts';

/** `/legal/companyName` → `legal.companyName` (RFC 6901: `~1` is a slash, `~0` a tilde). */
export const fieldOfPointer = (pointer: string): string =>
  pointer
    .replace(/^\//, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

/**
 * Sorts a problem's faults to the fields of a form. A fault inside a field (`match.carrier.0`) stands at the nearest
 * field there is; what fits none is left over for the form as a whole. `aliases` names fields that are called otherwise.
 */
export function faultsByField(
  problem: ProblemBody,
  fields: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): { byField: Record<string, string>; rest: string[] } {
  const byField: Record<string, string> = {};
  const rest: string[] = [];
  for (const { pointer, detail } of problem.errors ?? []) {
    const path = fieldOfPointer(pointer);
    const field = nearest(path, fields, aliases);
    if (field === undefined) rest.push(detail);
    else byField[field] ??= sentenceOf(path, detail);
  }
  return { byField, rest };
}

/** The API starts a sentence with the field's name, which the label beside it says already. */
function sentenceOf(path: string, detail: string): string {
  const name = `${path.split('.').at(-1)}: `;
  const text = detail.startsWith(name) ? detail.slice(name.length) : detail;
  // An address at the beginning stays as it was written.
  if (/^[a-z][a-z0-9+.-]*:/.test(text)) return text;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function nearest(
  path: string,
  fields: readonly string[],
  aliases: Readonly<Record<string, string>>,
): string | undefined {
  for (let at = path; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '') {
    const named = aliases[at] ?? at;
    if (fields.includes(named)) return named;
  }
  return undefined;
}
