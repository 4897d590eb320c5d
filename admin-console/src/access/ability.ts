import { Ability } from '@casl/ability';
import type { RawRuleOf } from '@casl/ability';

type FieldCondition = string | number | boolean | null | { in: readonly (string | null)[] } | { startsWith: string };
type Conditions = Readonly<Record<string, FieldCondition>>;

export type AppAbility = Ability<[string, string | Record<string, unknown>], Conditions>;
export type AppRule = RawRuleOf<AppAbility>;

function matchesField(value: unknown, condition: FieldCondition): boolean {
  if (condition === null || typeof condition !== 'object') return value === condition;
  if ('in' in condition) return condition.in.includes(value as string | null);
  return typeof value === 'string' && value.startsWith(condition.startsWith);
}

/** The ability `GET /auth/session` describes. Only what to show is decided with it; the server decides what happens. */
export const abilityOf = (rules: AppRule[]): AppAbility =>
  new Ability(rules, {
    conditionsMatcher: (conditions: Conditions) => (object: Record<string, unknown>) =>
      Object.entries(conditions).every(([field, condition]) => matchesField(object[field], condition)),
  });
