/** JSON Schema as the OpenAPI 3.1 document holds it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: Schema;
}

export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One route of the document. */
export interface Operation {
  /** As in test output: `PATCH /agencies/{id}`. */
  name: string;
  method: Verb;
  /** Below `/api/v1`, with `{name}` parameters. */
  path: string;
  params: Parameter[];
  query: Parameter[];
  /** Whether it asks for an Idempotency-Key. */
  idempotent: boolean;
  /** Whether anybody may call it. */
  isPublic: boolean;
  /** Content type and schema of the body. */
  body: { type: string; schema: Schema } | undefined;
  /** Path of the list that holds what the first parameter names: `/agencies` of `/agencies/{id}/tier`. */
  collection: string | undefined;
}

interface Document {
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
}
interface RawOperation {
  parameters?: Parameter[];
  security?: unknown[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const BASE = '/api/v1';

/** The routes of the running product, read from its own OpenAPI document: what is not listed here is not tested, and cannot be called. */
export function readContract(openapi: Record<string, unknown>) {
  const document = openapi as unknown as Document;
  const operations = Object.entries(document.paths).flatMap(([fullPath, methods]) =>
    Object.entries(methods).map(([method, raw]) => toOperation(fullPath.slice(BASE.length), method as Verb, raw)),
  );
  const schemas = document.components?.schemas ?? {};
  /** Follows a reference to the schema it names. */
  const resolve = (schema: Schema): Schema => {
    const name = schema.$ref?.split('/').at(-1);
    return name ? resolve(schemas[name] ?? {}) : schema;
  };
  return {
    operations,
    resolve,
    find: (method: Verb, path: string): Operation | undefined =>
      operations.find((operation) => operation.method === method && operation.path === path),
  };
}

export type Contract = ReturnType<typeof readContract>;

function toOperation(path: string, method: Verb, raw: RawOperation): Operation {
  const parameters = raw.parameters ?? [];
  const [type, content] = Object.entries(raw.requestBody?.content ?? {})[0] ?? [];
  return {
    name: `${method.toUpperCase()} ${path}`,
    method,
    path,
    params: parameters.filter((parameter) => parameter.in === 'path'),
    query: parameters.filter((parameter) => parameter.in === 'query'),
    idempotent: parameters.some(({ name }) => name === 'Idempotency-Key'),
    isPublic: raw.security?.length === 0,
    body: type && content ? { type, schema: content.schema } : undefined,
    collection: /^(.*?)\/\{/.exec(path)?.[1],
  };
}

/** The path with its parameters filled in. */
export const fill = (path: string, values: Record<string, string>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? `missing-${name}`));
