import fc from 'fast-check';
import type { Contract, Operation, Parameter, Schema } from '../isolation/support/contract.ts';
import { sample, validBody } from '../isolation/support/valid-body.ts';

/** One request, as plain data: what fast-check shrinks and a failing run prints. */
export interface FuzzRequest {
  /** Index of the caller. */
  caller: number;
  method: string;
  /** With query string, exactly as sent. */
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Ids by collection: of the caller's tenant, and of the other one. */
export interface Ids {
  own: Readonly<Record<string, readonly string[]>>;
  foreign: Readonly<Record<string, readonly string[]>>;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/vnd.api+json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'a',
  '',
];

/** Texts that have broken parsers, databases and templates before. */
const TEXTS = [
  "'",
  "';drop table bookings;--",
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u2028',
  '{{7*7}}',
  '${7*7}',
  '<script>x</script>',
  '../../etc/passwd',
  '%00',
  '%',
  '%zz',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '1e999',
  '-0',
  '9007199254740993',
  '2026-02-31',
  '275760-09-13',
  '0000-00-00T00:00:00Z',
  '١٢٣',
  'İ',
  '𝕏'.repeat(70),
  'x'.repeat(10_000),
  ' ',
  '',
  '-',
  '\r\nX-Injected: 1',
];
const hostileText = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...TEXTS) }, fc.string({ unit: 'binary' }));
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 63),
    1e308,
    [],
    {},
    [[]],
    { $gt: '' },
    ['a', 'b'],
    { length: 1e9 },
    { toString: 1 },
  ),
  fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as unknown),
);

/** Requests over the whole contract: valid ones, nearly valid ones and hostile ones. */
export function arbitraryRequest(contract: Contract, callers: number, ids: Ids): fc.Arbitrary<FuzzRequest> {
  return fc.tuple(fc.constantFrom(...contract.operations), fc.nat({ max: callers - 1 })).chain(([operation, caller]) =>
    fc
      .record({
        method: fc.oneof(
          { weight: 12, arbitrary: fc.constant(operation.method.toUpperCase()) },
          fc.constantFrom(...METHODS),
        ),
        path: arbitraryPath(operation, ids),
        query: arbitraryQuery(contract, operation),
        headers: arbitraryHeaders(operation),
        body: arbitraryBody(contract, operation),
      })
      .map(({ method, path, query, headers, body }) => ({
        caller,
        method,
        target: `/api/v1${path}${query}`,
        headers: body === undefined ? withoutType(headers) : headers,
        body,
      })),
  );
}

const withoutType = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type'));

function arbitraryPath(operation: Operation, ids: Ids): fc.Arbitrary<string> {
  const collection = operation.collection ?? '';
  const given = [...(ids.own[collection] ?? []), ...(ids.foreign[collection] ?? [])];
  const value = fc.oneof(
    { weight: 6, arbitrary: given.length > 0 ? fc.constantFrom(...given) : fc.uuid() },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 2, arbitrary: hostileText.map(encodeSafely) },
    // Sent as they are, so that the router gets to see what no client would write.
    { weight: 1, arbitrary: fc.constantFrom('%00', '%', '%zz', '%2f', '..', '%2e%2e%2f', '%c0%af', ';', '"', '{}') },
  );
  const names = operation.params.map((param) => param.name);
  if (names.length === 0) return fc.constant(operation.path);
  return fc
    .tuple(...operation.params.map((param, index) => (index === 0 ? value : secondValue(param, value))))
    .map((values) => operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[names.indexOf(name)] ?? ''));
}

const secondValue = (param: Parameter, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  param.schema.enum ? fc.oneof(fc.constantFrom(...param.schema.enum.map(String)), value) : value;

function arbitraryQuery(contract: Contract, operation: Operation): fc.Arbitrary<string> {
  const valueOf = (param: Parameter) =>
    fc.oneof(fc.constant(String(sample(contract, param.schema))), hostileText, fc.constant('1'));
  const pairs = operation.query.map((param) => valueOf(param).map((value) => [param.name, value] as const));
  const strange = fc.tuple(
    fc.constantFrom(
      'tenantId',
      'agencyId',
      '__proto__',
      'filter[$gt]',
      'a[__proto__][x]',
      'limit',
      'sort',
      'fields',
      '',
    ),
    hostileText,
  );
  const chosen = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 5, arbitrary: pairs.length > 0 ? fc.array(fc.oneof(...pairs), { maxLength: 4 }) : fc.constant([]) },
    { weight: 2, arbitrary: fc.array(fc.oneof(strange, ...pairs), { maxLength: 4 }) },
  );
  const toText = (list: ReadonlyArray<readonly [string, string]>) =>
    list.map(([name, value]) => `${encodeSafely(name)}=${encodeSafely(value)}`).join('&');
  return chosen.map((list) => (list.length > 0 ? `?${toText(list)}` : ''));
}

function arbitraryHeaders(operation: Operation): fc.Arbitrary<Record<string, string>> {
  const printable = fc.string({ unit: fc.constantFrom(...' !"$%&()*,-./09:;<=>?@AZaz~{}[]\u00e9'), maxLength: 40 });
  const odd = fc.dictionary(
    fc.constantFrom(
      'if-match',
      'if-none-match',
      'accept-language',
      'origin',
      'x-csrf-token',
      'x-request-id',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'forwarded',
      'x-http-method-override',
      'x-tenant-id',
      'cookie',
      'authorization',
      'range',
      'traceparent',
      'accept-encoding',
    ),
    printable,
    { maxKeys: 3 },
  );
  const key = operation.idempotent
    ? fc.oneof({ weight: 5, arbitrary: fc.uuid() }, printable, fc.constant('same-key-again'))
    : fc.constant('');
  const type = fc.oneof({ weight: 8, arbitrary: fc.constant('application/json') }, fc.constantFrom(...TYPES));
  return fc
    .record({
      key,
      type,
      match: fc.boolean(),
      odd: fc.oneof({ weight: 3, arbitrary: fc.constant<Record<string, string>>({}) }, odd),
    })
    .map((parts) => ({
      accept: 'application/json',
      'content-type': parts.type,
      ...(parts.key ? { 'idempotency-key': parts.key } : {}),
      ...(parts.match ? { 'if-match': '"1"' } : {}),
      ...parts.odd,
    }));
}

function arbitraryBody(contract: Contract, operation: Operation): fc.Arbitrary<string | undefined> {
  const schema = operation.body && contract.resolve(operation.body.schema);
  if (!schema) return fc.option(hostileValue.map(toJson), { nil: undefined, freq: 6 });
  const valid = validBody(contract, operation);
  const mutated = fc
    .array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'add', 'proto'), hostileValue), {
      minLength: 1,
      maxLength: 3,
    })
    .map((changes) => {
      const copy = structuredClone(valid);
      for (const [at, kind, value] of changes) mutate(copy, at, kind, structuredClone(value));
      return toJson(copy);
    });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(toJson(fillOptional(contract, schema, valid))) },
    { weight: 2, arbitrary: fc.constant(toJson(valid)) },
    { weight: 6, arbitrary: mutated },
    { weight: 1, arbitrary: hostileValue.map(toJson) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{',
        '[',
        '{"a":1,"a":2}',
        '{"__proto__":{"isAdmin":true}}',
        '{"constructor":{"prototype":{"isAdmin":true}}}',
        '['.repeat(5000),
        `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`,
        '\ufeff{}',
        '{"a":1e999}',
        'null',
        '',
      ),
    },
  );
}

const toJson = (value: unknown): string => JSON.stringify(value) ?? 'null';

/** The valid body with every optional field as well. */
function fillOptional(contract: Contract, schema: Schema, valid: unknown): unknown {
  if (typeof valid !== 'object' || valid === null || !schema.properties) return valid;
  const optional = Object.entries(schema.properties).map(([name, part]) => [name, sample(contract, part)] as const);
  return { ...Object.fromEntries(optional), ...valid };
}

/** Changes one place of a JSON value, chosen by a number. The value becomes part of it: give a copy. */
function mutate(root: unknown, at: number, kind: string, value: unknown): void {
  const places: Array<{ holder: Record<string, unknown>; key: string }> = [];
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push({ holder: node as Record<string, unknown>, key });
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(root);
  const place = places[at % Math.max(1, places.length)];
  if (!place) return;
  const { holder, key } = place;
  if (kind === 'replace')
    Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  else if (kind === 'remove') delete holder[key];
  else if (kind === 'add') holder[`${key}2`] = value;
  else Object.defineProperty(holder, '__proto__', { value: { isAdmin: true }, enumerable: true, configurable: true });
}

/** encodeURIComponent refuses lone surrogates; a client that does not care sends the replacement character. */
const encodeSafely = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
