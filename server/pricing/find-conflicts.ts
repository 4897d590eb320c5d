import { compareRules } from './compile-rules.ts';
import { LIST_FIELDS, countMatchedFields, type MarkupMatch, type MarkupRule } from './markup-rule.ts';

/**
 * Two rules of one level that want the same sale without either being more exact. `never_applies`: whatever the second accepts, the first
 * takes. `tie`: on some sales the older decides.
 */
export interface RuleConflict {
  readonly code: 'never_applies' | 'tie';
  readonly winner: Pick<MarkupRule, 'id' | 'name'>;
  readonly loser: Pick<MarkupRule, 'id' | 'name'>;
}

type Range = readonly [from: number | string, to: number | string];

/** Every range a rule asks for, open ends included, so that two of them can be compared side by side. */
function rangesOf({ match, validFrom, validTo }: MarkupRule): Range[] {
  const day = (text: string | undefined, open: string): string => text ?? open;
  return [
    [day(match.travelFrom, '0000'), day(match.travelTo, '9999')],
    [match.leadDaysMin ?? 0, match.leadDaysMax ?? Number.MAX_SAFE_INTEGER],
    // A rule's validity ends before its last instant; a millisecond less makes both ends inclusive.
    [validFrom ? Date.parse(validFrom) : -Infinity, validTo ? Date.parse(validTo) - 1 : Infinity],
  ];
}

const listOf = (match: MarkupMatch, field: (typeof LIST_FIELDS)[number]): readonly (string | number)[] =>
  match[field] ?? [];

/** Whether some sale fits both. Codes that differ count as different sales, though a journey may have two carriers. */
function overlap(a: MarkupRule, b: MarkupRule): boolean {
  if (a.currency !== undefined && b.currency !== undefined && a.currency !== b.currency) return false;
  const lists = LIST_FIELDS.every((field) => {
    const [one, other] = [listOf(a.match, field), listOf(b.match, field)];
    return one.length === 0 || other.length === 0 || one.some((code) => other.includes(code));
  });
  const others = rangesOf(b);
  return (
    lists && rangesOf(a).every(([from, to], n) => from <= (others[n]?.[1] ?? to) && to >= (others[n]?.[0] ?? from))
  );
}

/** Whether whatever fits `b` fits `a`. */
function covers(a: MarkupRule, b: MarkupRule): boolean {
  if (a.currency !== undefined && a.currency !== b.currency) return false;
  const lists = LIST_FIELDS.every((field) => {
    const [wide, narrow] = [listOf(a.match, field), listOf(b.match, field)];
    return wide.length === 0 || (narrow.length > 0 && narrow.every((code) => wide.includes(code)));
  });
  const inner = rangesOf(b);
  return lists && rangesOf(a).every(([from, to], n) => from <= (inner[n]?.[0] ?? from) && to >= (inner[n]?.[1] ?? to));
}

const named = ({ id, name }: MarkupRule) => ({ id, name });

/** What is wrong between two rules of one owner; undefined where one is more exact, they add, or they never meet. */
function conflictOf(a: MarkupRule, b: MarkupRule): RuleConflict | undefined {
  if (a.stack || b.stack || countMatchedFields(a.match) !== countMatchedFields(b.match) || !overlap(a, b))
    return undefined;
  const [winner, loser] = compareRules(a, b) < 0 ? [a, b] : [b, a];
  if (covers(winner, loser)) return { code: 'never_applies', winner: named(winner), loser: named(loser) };
  return a.priority === b.priority ? { code: 'tie', winner: named(winner), loser: named(loser) } : undefined;
}

/** The conflicts of one rule with the others of its level. Pure. */
export const conflictsWith = (rule: MarkupRule, others: readonly MarkupRule[]): RuleConflict[] =>
  others.flatMap((other) => (other.id === rule.id ? [] : (conflictOf(rule, other) ?? [])));

/** All conflicts among the rules of one level, each once, at most `limit`. Pure. */
export function findConflicts(rules: readonly MarkupRule[], limit: number): RuleConflict[] {
  const found: RuleConflict[] = [];
  for (let i = 0; i < rules.length; i++) {
    for (let j = i + 1; j < rules.length; j++) {
      const conflict = conflictOf(rules[i] as MarkupRule, rules[j] as MarkupRule);
      if (conflict) found.push(conflict);
      if (found.length === limit) return found;
    }
  }
  return found;
}
