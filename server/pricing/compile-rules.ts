import { LIST_FIELDS, checkRule, countMatchedFields } from './markup-rule.ts';
import type { ListField, MarkupRule } from './markup-rule.ts';

/**
 * One owner's rules, best first, with one bitset per field value: bit i is set when rule i accepts the value.
 * Selecting is then an AND of a few machine words per field instead of a walk over every rule.
 */
export interface OwnerRules {
  readonly rules: readonly ReadyRule[];
  readonly words: number;
  readonly fields: readonly FieldIndex[];
  /** Bits of the rules that stack. */
  readonly stacking: Int32Array;
}

export interface FieldIndex {
  readonly field: ListField;
  /** Place of the field in LIST_FIELDS. */
  readonly position: number;
  /** Rules that accept this value: those that list it and those that do not ask. */
  readonly byValue: ReadonlyMap<string, Int32Array>;
  /** Rules that do not ask about the field, hence accept a value nobody lists. */
  readonly otherwise: Int32Array;
}

/** A rule with its instants read once. */
export interface ReadyRule {
  readonly rule: MarkupRule;
  readonly validFrom: number;
  readonly validTo: number;
  /** Whether it has conditions besides lists: dates, lead days, validity, currency. */
  readonly ranged: boolean;
}

/** Rules by owner; the reseller's are under the empty string, because null is no agency's id. */
export interface CompiledRules {
  readonly byOwner: ReadonlyMap<string, OwnerRules>;
  /** By place in LIST_FIELDS: whether any rule of any owner asks about the field. */
  readonly asked: readonly boolean[];
}

export function ownerKey(agencyId: string | null): string {
  return agencyId ?? '';
}

/** Most matched fields first, then the higher priority, then the older rule, then the id, so that order never depends on input. */
export function compareRules(a: MarkupRule, b: MarkupRule): number {
  return (
    countMatchedFields(b.match) - countMatchedFields(a.match) ||
    b.priority - a.priority ||
    Date.parse(a.createdAt) - Date.parse(b.createdAt) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

function setBit(bits: Int32Array, index: number): void {
  bits[index >> 5] = (bits[index >> 5] ?? 0) | (1 << (index & 31));
}

function indexField(field: ListField, rules: readonly MarkupRule[], words: number): FieldIndex | undefined {
  const otherwise = new Int32Array(words);
  const listed = new Map<string, Int32Array>();
  rules.forEach((rule, index) => {
    const wanted = rule.match[field] ?? [];
    if (wanted.length === 0) setBit(otherwise, index);
    for (const value of wanted) {
      const key = String(value);
      let bits = listed.get(key);
      if (!bits) listed.set(key, (bits = new Int32Array(words)));
      setBit(bits, index);
    }
  });
  if (listed.size === 0) return undefined;
  for (const bits of listed.values()) otherwise.forEach((word, w) => (bits[w] = (bits[w] ?? 0) | word));
  return { field, position: LIST_FIELDS.indexOf(field), byValue: listed, otherwise };
}

function isRanged({ match, validFrom, validTo, currency }: MarkupRule): boolean {
  const { travelFrom, travelTo, leadDaysMin, leadDaysMax } = match;
  return [travelFrom, travelTo, leadDaysMin, leadDaysMax, validFrom, validTo, currency].some(
    (bound) => bound !== undefined,
  );
}

function compileOwner(rules: readonly MarkupRule[]): OwnerRules {
  const sorted = [...rules].sort(compareRules);
  const words = Math.ceil(sorted.length / 32);
  const fields = LIST_FIELDS.map((field) => indexField(field, sorted, words)).filter((f) => f !== undefined);
  const ready = sorted.map((rule) => ({
    rule,
    validFrom: rule.validFrom === undefined ? -Infinity : Date.parse(rule.validFrom),
    validTo: rule.validTo === undefined ? Infinity : Date.parse(rule.validTo),
    ranged: isRanged(rule),
  }));
  const stacking = new Int32Array(words);
  sorted.forEach((rule, index) => rule.stack && setBit(stacking, index));
  return { rules: ready, words, fields, stacking };
}

/**
 * Checks and indexes the rules of every level of a tenant. Pure; compile once per change of rules and share between requests.
 * Throws PricingError for a rule that cannot be applied.
 */
export function compileRules(rules: readonly MarkupRule[]): CompiledRules {
  const groups = new Map<string, MarkupRule[]>();
  for (const rule of rules) {
    checkRule(rule);
    const key = ownerKey(rule.ownerAgencyId);
    const group = groups.get(key);
    if (group) group.push(rule);
    else groups.set(key, [rule]);
  }
  const byOwner = new Map([...groups].map(([key, group]) => [key, compileOwner(group)]));
  const asked = LIST_FIELDS.map((field) => rules.some((rule) => (rule.match[field]?.length ?? 0) > 0));
  return { byOwner, asked };
}
