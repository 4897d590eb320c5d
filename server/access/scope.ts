import type { Knex } from 'knex';
import type { Conditions, FieldCondition } from './conditions.ts';
import type { Action, AppAbility, Subject } from './vocabulary.ts';

/** Which SQL column stands for which field of a subject: an allow-list, so that no rule can reach another column. */
export type Columns = Readonly<Record<string, string>>;

/**
 * Narrows a list query to what the actor may see, from the same rules `can()` reads. No rule, no rows. As there are grants only, a
 * condition on NULL is unknown in SQL and false in JavaScript, which comes to the same; a plain `=` can therefore use an index, which
 * `is not distinct from` cannot. `scope.test.ts` compares the two on random rows.
 * @throws Error when a rule names a field without a column: better no list than a wide one.
 */
export function narrow<Q extends Knex.QueryBuilder>(
  query: Q,
  ability: AppAbility,
  action: Action,
  on: Subject,
  columns: Columns,
): Q {
  const rules = ability.rulesFor(action, on);
  if (rules.length === 0) return query.whereRaw('false') as Q;
  if (rules.some((rule) => !rule.conditions)) return query;
  return query.where((any) => {
    for (const rule of rules) any.orWhere((all) => addConditions(all, rule.conditions as Conditions, columns));
  }) as Q;
}

function addConditions(query: Knex.QueryBuilder, conditions: Conditions, columns: Columns): void {
  for (const [field, condition] of Object.entries(conditions)) {
    const column = columns[field];
    if (!column) throw new Error(`No column stands for ${field}`);
    addCondition(query, column, condition);
  }
}

/** A text as LIKE takes it for itself. PostgreSQL plans LIKE over a prefix better than `starts_with`: it knows how many rows to expect. */
const literally = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

function addCondition(query: Knex.QueryBuilder, column: string, condition: FieldCondition): void {
  if (condition === null) query.whereNull(column);
  else if (typeof condition !== 'object') query.where(column, condition);
  else if ('startsWith' in condition) query.whereRaw('?? like ?', [column, `${literally(condition.startsWith)}%`]);
  else if (condition.in.includes(null)) {
    const values = condition.in.filter((value) => value !== null);
    query.where((either) => void either.whereIn(column, values).orWhereNull(column));
  } else query.whereIn(column, condition.in as string[]);
}
