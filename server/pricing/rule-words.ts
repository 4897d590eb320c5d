import type { RuleFields } from './repository.ts';
import type { MarkupRuleView } from './schema.ts';

/** What a rule says, in whichever version. */
export function wordsOf(rule: RuleFields) {
  const { currency, ...value } = rule.value;
  return {
    name: rule.name,
    match: rule.match as MarkupRuleView['match'],
    value,
    currency: currency ?? null,
    minMinor: rule.minMinor,
    maxMinor: rule.maxMinor,
    stack: rule.stack,
    priority: rule.priority,
    validFrom: rule.validFrom?.toISOString() ?? null,
    validTo: rule.validTo?.toISOString() ?? null,
  };
}
