import { anApplication } from '../../../server/agencies/applications/testing.ts';
import type { Contract, Operation, Schema } from './contract.ts';

/**
 * What a schema cannot say: bodies that a rule beyond the schema would refuse, by `METHOD /path`. What is given here replaces the field
 * of the generated body; a function gets the day it is.
 */
const FIELDS: Record<string, (days: (from: number) => string) => Record<string, unknown>> = {
  'POST /flights/searches': (day) => ({
    slices: [{ origin: 'VLC', destination: 'BIO', departureDate: day(30) }],
    passengers: [{ type: 'adult' }],
  }),
  'PUT /agencies/{id}/payout-account': () => ({ holder: 'Agency SL', iban: 'ES9121000418450200051332' }),
  'POST /agencies/{id}/wallet/top-ups': () => ({ amount: { amount: 10_000, currency: 'EUR' } }),
  'POST /agencies/{id}/wallet/exchanges': () => ({ amount: { amount: 1_000, currency: 'USD' } }),
  'POST /agency-applications': () => anApplication(),
  'PUT /agency-applications/own': () => {
    const { contact, acceptedTerms: _terms, locale: _locale, ...rest } = anApplication();
    const { email: _email, ...person } = contact;
    return { ...rest, contact: person };
  },
  'POST /promo-codes': () => ({ code: 'SUMMER', match: {}, saleFrom: null, saleTo: null }),
  'PUT /promo-codes/{id}': () => ({ code: 'SUMMER', match: {}, saleFrom: null, saleTo: null }),
  'POST /bonus-campaigns': (day) => aBonus(day),
  'PUT /bonus-campaigns/{id}': (day) => aBonus(day),
  'POST /hotels/searches': (day) => ({ near: 'ROM', checkIn: day(40), checkOut: day(42), rooms: [{ adults: 1 }] }),
};

const aBonus = (day: (from: number) => string) => ({
  startsOn: day(1),
  endsOn: null,
  audience: { kind: 'all' },
  match: {},
  steps: [{ above: 1, reward: { kind: 'fixed', amountMinor: 500 } }],
});

export const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A body the route's schema accepts, made from the schema alone; `undefined` for a route without one. */
export function validBody(contract: Contract, operation: Operation): unknown {
  if (!operation.body) return undefined;
  const made = sample(contract, operation.body.schema);
  const fields = FIELDS[operation.name]?.(day);
  return fields && typeof made === 'object' ? { ...made, ...fields } : made;
}

/** A value of a schema: the smallest that is valid, with every required field; of optional ones at least one, where there are only such. */
export function sample(contract: Contract, raw: Schema, depth = 0): unknown {
  const schema = contract.resolve(raw);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants?.[0]) return sample(contract, variants[0], depth);
  if (schema.allOf) {
    const parts = schema.allOf.map((part) => sample(contract, part, depth));
    return parts.every((part) => typeof part === 'object') ? Object.assign({}, ...parts) : parts[0];
  }
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  if (type === 'object' || schema.properties) return sampleObject(contract, schema, depth);
  if (type === 'array') {
    if (schema.prefixItems) return schema.prefixItems.map((item) => sample(contract, item, depth + 1));
    const count = Math.min(Math.max(schema.minItems ?? 1, 1), schema.maxItems ?? Number.POSITIVE_INFINITY);
    return Array.from({ length: count }, () => sample(contract, schema.items ?? {}, depth + 1));
  }
  if (type === 'integer' || type === 'number') return Math.min(schema.maximum ?? 1, Math.max(schema.minimum ?? 1, 1));
  if (type === 'boolean') return true;
  if (type === 'string') return sampleText(schema);
  return 'x';
}

function sampleObject(contract: Contract, schema: Schema, depth: number): Record<string, unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  // "Name at least one field to change" is a rule the document does not hold.
  if (required.size === 0 && depth === 0 && properties[0]) required.add(properties[0][0]);
  const made = Object.fromEntries(
    properties.filter(([name]) => required.has(name)).map(([name, part]) => [name, sample(contract, part, depth + 1)]),
  );
  return made;
}

const BY_FORMAT: Record<string, () => string> = {
  uuid: () => '01890000-0000-7000-8000-00000000dead',
  email: () => 'somebody@valid.test',
  uri: () => 'https://valid.test/',
  date: () => day(30),
  'date-time': () => new Date(Date.now() + 86_400_000).toISOString(),
};
/** Texts tried in order for a pattern: the first that fits is taken. */
const CANDIDATES = [
  'pm_card_visa',
  '+34600000001',
  'meridiano',
  'Ab',
  'ab',
  'EUR',
  'ES',
  'MAD',
  '1',
  '123456',
  '08:00',
  'valid.test',
  '2030-01-01T10:00',
  'a.b',
  'a:b',
  'A1B2C3',
  '#336699',
  '/x',
  'meridiano.test',
];

function sampleText(schema: Schema): string {
  const made = BY_FORMAT[schema.format ?? '']?.();
  if (made) return made;
  if (schema.pattern) {
    const pattern = new RegExp(schema.pattern, 'u');
    const found = CANDIDATES.find((text) => pattern.test(text));
    if (found) return found;
  }
  return 'text'.repeat(32).slice(0, Math.max(schema.minLength ?? 4, Math.min(schema.maxLength ?? 4, 4)));
}
