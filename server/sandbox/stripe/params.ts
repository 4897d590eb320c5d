import { invalidParam, missingParam } from './errors.ts';

export type ParamValue = string | ParamValue[] | Params;
export interface Params {
  [key: string]: ParamValue;
}

/** Splits `a[b][0][c]` into its steps; `a[]` ends in an empty step, which appends. */
function splitKey(key: string): string[] {
  const open = key.indexOf('[');
  if (open <= 0) return [key];
  return [key.slice(0, open), ...Array.from(key.slice(open).matchAll(/\[([^\]]*)\]/g), (match) => match[1] ?? '')];
}

function assign(target: Params, steps: string[], value: string): void {
  let node = target;
  for (const [depth, raw] of steps.entries()) {
    const step = raw === '' ? String(Object.keys(node).length) : raw;
    if (depth === steps.length - 1) {
      node[step] = value;
      return;
    }
    const next = node[step];
    if (next === undefined || typeof next === 'string' || Array.isArray(next))
      node[step] = Object.create(null) as Params;
    node = node[step] as Params;
  }
}

/** Objects whose keys are 0..n-1 were arrays before the client flattened them. */
function restoreArrays(node: ParamValue): ParamValue {
  if (typeof node === 'string' || Array.isArray(node)) return node;
  const keys = Object.keys(node);
  const isArray = keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
  if (isArray) return keys.sort((a, b) => Number(a) - Number(b)).map((key) => restoreArrays(node[key] ?? ''));
  for (const key of keys) node[key] = restoreArrays(node[key] ?? '');
  return node;
}

/** Reads Stripe's form encoding, nested arrays included, from a body or a query string. */
export function parseForm(text: string): Params {
  const root = Object.create(null) as Params;
  for (const [key, value] of new URLSearchParams(text)) assign(root, splitKey(key), value);
  for (const key of Object.keys(root)) root[key] = restoreArrays(root[key] ?? '');
  return root;
}

/** Refuses parameters the endpoint does not know, as Stripe does: typing errors surface here, not in production. */
export function allowOnly(params: Params, known: readonly string[]): void {
  for (const key of Object.keys(params)) {
    if (key !== 'expand' && !known.includes(key)) {
      throw invalidParam(key, `Received unknown parameter: ${key}`, 'parameter_unknown');
    }
  }
}

export function readString(params: Params, key: string): string | undefined {
  const value = params[key];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalidParam(key, `Invalid string: ${key}`);
  return value;
}

export function requireString(params: Params, key: string, path = key): string {
  const value = readString(params, key);
  if (value === undefined) throw missingParam(path);
  return value;
}

export function readInteger(params: Params, key: string, path = key): number | undefined {
  const value = readString(params, key);
  if (value === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(value)) throw invalidParam(path, `Invalid integer: ${value}`, 'parameter_invalid_integer');
  return Number(value);
}

export function readBoolean(params: Params, key: string): boolean | undefined {
  const value = readString(params, key);
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') throw invalidParam(key, `Invalid boolean: ${value}`);
  return value === 'true';
}

export function readChild(params: Params, key: string): Params | undefined {
  const value = params[key];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' || Array.isArray(value)) throw invalidParam(key, 'Invalid object');
  return value;
}

export function readStrings(params: Params, key: string): string[] | undefined {
  const value = params[key];
  if (value === undefined || value === '') return undefined;
  if (!Array.isArray(value)) throw invalidParam(key, 'Invalid array');
  return value.map((item) => (typeof item === 'string' ? item : ''));
}

export function readOneOf<T extends string>(params: Params, key: string, allowed: readonly T[]): T | undefined {
  const value = readString(params, key);
  if (value === undefined) return undefined;
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw invalidParam(key, `Invalid ${key}: must be one of ${allowed.join(', ')}`);
  return found;
}

/** Merges metadata as Stripe does: an empty value removes its key, `metadata=''` removes all. Limits: 50 keys, 40 and 500 characters. */
export function readMetadata(params: Params, before: Record<string, string> = {}): Record<string, string> {
  if (params.metadata === '') return {};
  const given = readChild(params, 'metadata');
  const merged = { ...before };
  for (const [key, value] of Object.entries(given ?? {})) {
    const path = `metadata[${key}]`;
    if (typeof value !== 'string') throw invalidParam(path, 'Metadata values must be strings.');
    if (key.length > 40)
      throw invalidParam(
        path,
        `Metadata keys can be up to 40 characters long, but you passed in a key that is ${key.length} characters.`,
      );
    if (value.length > 500)
      throw invalidParam(
        path,
        `Metadata values can be up to 500 characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value.slice(0, 20)}...`,
      );
    if (value === '') delete merged[key];
    else merged[key] = value;
  }
  if (Object.keys(merged).length > 50) throw invalidParam('metadata', 'Metadata can have up to 50 keys.');
  return merged;
}
