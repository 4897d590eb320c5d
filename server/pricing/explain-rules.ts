import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { UsedRule } from './build-up.ts';
import type { RuleFields } from './repository.ts';
import { wordsOf } from './rule-words.ts';

/** What a rule said when a price was made with it; undefined where its words are no more. */
export type RuleWords = ReturnType<typeof wordsOf>;

const KEPT = {
  id: 'rule_id',
  version: 'version',
  name: 'name',
  match: 'match',
  value: 'value',
  minMinor: 'min_minor',
  maxMinor: 'max_minor',
  stack: 'stack',
  priority: 'priority',
  validFrom: 'valid_from',
  validTo: 'valid_to',
};

/**
 * The words of rules in the versions a quote froze, by `id/version`. Who may see which rule is for the caller to say: the rules of a level
 * are that level's alone.
 */
export async function wordsOfRules(
  sql: TenantSql,
  used: ReadonlyArray<Pick<UsedRule, 'id' | 'version'>>,
): Promise<Map<string, RuleWords>> {
  if (used.length === 0) return new Map();
  const ids = [...new Set(used.map(({ id }) => id))];
  const kept = await sql.all<RuleFields & { id: string; version: number }>(
    q('markup_rule_versions').whereIn('rule_id', ids).select(KEPT),
  );
  const wanted = new Set(used.map(({ id, version }) => `${id}/${version}`));
  return new Map(
    kept.flatMap((rule) => {
      const key = `${rule.id}/${rule.version}`;
      return wanted.has(key) ? [[key, wordsOf(rule)] as const] : [];
    }),
  );
}
