/** A condition on one field: equal, one of, or a text that starts with. */
export type FieldCondition =
  string | number | boolean | null | { in: ReadonlyArray<string | null> } | { startsWith: string };

/** All fields must match (AND); several rules are OR. */
export type Conditions = Readonly<Record<string, FieldCondition>>;

function matchesField(value: unknown, condition: FieldCondition): boolean {
  if (condition === null || typeof condition !== 'object') return value === condition;
  if ('in' in condition) return condition.in.includes(value as string | null);
  return typeof value === 'string' && value.startsWith(condition.startsWith);
}

/** The predicate of a rule in JavaScript; `scope.ts` says the same in SQL. */
export function matchConditions(conditions: Conditions): (object: Record<string, unknown>) => boolean {
  return (object) => Object.entries(conditions).every(([field, condition]) => matchesField(object[field], condition));
}
