const HIDDEN = '•••';
const SECRET = '[secret]';
const MAX_TEXT = 200;
const MAX_DEPTH = 4;
const MAX_FIELDS = 60;

/** Names of fields whose values must not be kept in any form. */
const SECRETS =
  /pass(word|phrase|code)|secret|token|hash|cookie|authori[sz]ation|credential|private|seed|otp|recovery|api_?key|signature|^code$|pin$/i;
/** Names of fields that hold what identifies a person: their values are kept as a trace only. */
const PERSONAL =
  /e_?mail|phone|mobile|given_?name|family_?name|first_?name|last_?name|full_?name|^title$|born|birth|passport|document_?(number|no)|identity_?(number|document)|nationality|gender|address|street|postal|^zip|tax_?id|iban|account_?number|card|loyalty|traveller|passenger|recipient|contact/i;

const EMAIL = /(?<![^\s@<>"',;:()])[^\s@<>"',;:()]+@[^\s@<>"',;:()]+\.[\p{L}\p{N}-]{2,}/gu;
/** Digits as in a phone, card or document: seven or more, however they are grouped. */
const DIGITS = /(?<![\p{L}\p{N}-])\+?\d(?:[ .()/-]?\d){6,18}(?![\p{L}\p{N}-])/gu;
const JWT = /\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g;
/** Long unbroken random text: keys, tokens, digests. Ids of ours (UUIDs) have hyphens and are shorter between them. */
const OPAQUE = /(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{40,}(?![\w-])/g;
const WHOLE_DATE = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/;

/** `ana@sol.test` as `a•••@sol.test`: enough to recognise for who knows it. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return HIDDEN;
  return `${[...email][0] ?? ''}${HIDDEN}${email.slice(at)}`;
}

/** `Ana Belén Ruiz` as `A. B. R.` */
export const initialsOf = (name: string): string =>
  name
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 4)
    .map((part) => `${[...part][0] ?? ''}.`)
    .join(' ');

/** One line of plain text: no control or escape characters, nothing that turns the direction of reading, at most 200 characters. */
export function plainText(text: string): string {
  const plain = text
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');
  const characters = [...plain.trim()];
  return characters.length > MAX_TEXT ? `${characters.slice(0, MAX_TEXT).join('')}…` : characters.join('');
}

/** Free text (a reason, a label) without addresses, numbers of phones, cards and documents, tokens. */
export function maskText(text: string): string {
  const plain = plainText(text);
  if (WHOLE_DATE.test(plain)) return plain;
  return plain
    .replaceAll(JWT, SECRET)
    .replaceAll(OPAQUE, SECRET)
    .replaceAll(EMAIL, (email) => maskEmail(email))
    .replaceAll(DIGITS, HIDDEN);
}

export type Masked = string | number | boolean | null;

/** A value for the record, by the name of its field; undefined where nothing may be told but that it is there. */
function maskValue(name: string, value: unknown): Masked {
  if (value === null || value === undefined) return null;
  if (SECRETS.test(name)) return SECRET;
  if (PERSONAL.test(name))
    return typeof value === 'string' && value.includes('@') ? maskEmail(plainText(value)) : HIDDEN;
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  return maskText(JSON.stringify(value));
}

/** An object as flat fields (`value.basisPoints`), masked. A secret or personal name hides all that is below it. */
export function maskFields(object: Readonly<Record<string, unknown>>): Record<string, Masked> {
  const fields: Record<string, Masked> = {};
  const visit = (value: unknown, path: string, name: string, depth: number): void => {
    if (Object.keys(fields).length >= MAX_FIELDS) return;
    const isBranch = isPlainObject(value) && depth < MAX_DEPTH && !SECRETS.test(name) && !PERSONAL.test(name);
    if (!isBranch) {
      fields[plainText(path)] = maskValue(
        name,
        isPlainObject(value) || Array.isArray(value) ? maskedJson(value) : value,
      );
      return;
    }
    for (const [key, below] of Object.entries(value)) visit(below, path ? `${path}.${key}` : key, key, depth + 1);
  };
  visit(object, '', '', 0);
  return fields;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A list or a deep object as JSON whose values are masked by their own names. */
const maskedJson = (value: unknown): string =>
  JSON.stringify(value, (name, inner: unknown) =>
    inner === null || typeof inner === 'object' || name === '' ? inner : maskValue(name, inner),
  );

/** A change of one field, masked. */
export interface FieldChange {
  from: Masked;
  to: Masked;
}

/** The fields that differ, compared before they are masked: that a password or an address changed is seen, what it was is not. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, FieldChange> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differing = [...names].filter((name) => canonical(before[name]) !== canonical(after[name]));
  const pick = (from: Readonly<Record<string, unknown>>) =>
    maskFields(Object.fromEntries(differing.map((name) => [name, from[name] ?? null])));
  const [old, now] = [pick(before), pick(after)];
  const changes: Record<string, FieldChange> = {};
  for (const field of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const change = { from: old[field] ?? null, to: now[field] ?? null };
    const isMasked =
      change.from === change.to &&
      change.from !== null &&
      [HIDDEN, SECRET].some((mask) => String(change.from).includes(mask));
    if (change.from !== change.to || isMasked) changes[field] = change;
  }
  return changes;
}

const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_name, inner: unknown) =>
    isPlainObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
