import { defineProblem } from '../errors.ts';

/** Deeper than any request of ours; far below what the parser or a schema could choke on. */
const MAX_DEPTH = 32;
/** Names, list entries and values together. */
const MAX_ENTRIES = 20_000;
const MAX_NUMBER_LENGTH = 40;
/** Names that reach an object's prototype where somebody copies a body field by field. */
const REFUSED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

export const JsonRefused = defineProblem({
  code: 'request.json_refused',
  status: 400,
  title: 'The JSON of the body is not of a kind we read',
  detail: (x: { what: string }) => `${x.what} Mend the body and send it again.`,
});

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Looks at a JSON text before it is parsed: how deep it is, how many entries it has, and that no object names a field twice (RFC 8259
 * leaves open which of them counts, so that two readers may disagree) or names a field that reaches a prototype. One pass; whether it is
 * JSON at all is the parser's to say.
 * @throws JsonRefused naming what and where
 */
export function checkJsonText(text: string): void {
  /** Names met in each open object; null for an array. */
  const open: Array<Set<string> | null> = [];
  let entries = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names && nextCode(text, end + 1) === 0x3a) checkName(names, text.slice(at, end + 1));
      at = end;
    } else if (code === 0x7b || code === 0x5b) {
      if (open.push(code === 0x7b ? new Set() : null) > MAX_DEPTH)
        throw JsonRefused({ what: `It is nested deeper than ${MAX_DEPTH} levels.` });
    } else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code === 0x2c || code === 0x3a) {
      if ((entries += 1) > MAX_ENTRIES) throw JsonRefused({ what: `It has more than ${MAX_ENTRIES} entries.` });
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) at = checkNumber(text, at);
  }
}

function checkName(names: Set<string>, literal: string): void {
  const name = literal.includes('\\') ? unescaped(literal) : literal.slice(1, -1);
  if (REFUSED_NAMES.has(name)) throw JsonRefused({ what: `"${name}" is no name of a field.` });
  if (names.has(name)) throw JsonRefused({ what: `The field "${name.slice(0, 60)}" is given twice.` });
  names.add(name);
}

function unescaped(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

/** Index of the closing quote; of the last character when there is none. */
function endOfString(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length - 1;
  } while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

function nextCode(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return text.charCodeAt(at);
}

/** A number JavaScript would silently turn into infinity, or spend long on, is refused. Answers the index of its last character. */
function checkNumber(text: string, start: number): number {
  let end = start;
  while (end + 1 < text.length && end - start <= MAX_NUMBER_LENGTH && '0123456789+-.eE'.includes(text.charAt(end + 1)))
    end += 1;
  const literal = text.slice(start, end + 1);
  if (literal.length > MAX_NUMBER_LENGTH || Math.abs(Number(literal)) === Infinity)
    throw JsonRefused({ what: `The number ${literal.slice(0, 20)}… is too large.` });
  return end;
}
