import { packRules } from '@casl/ability/extra';
import type { Actor } from '../kernel/http/actor.ts';
import { abilityFor } from './ability.ts';
import type { AppRule } from './vocabulary.ts';

/**
 * An actor's rights in CASL's packed form, for the portals: which actions on which subjects at all. Conditions and guarded parts stay
 * here, as they would tell how the network is built; what may be done with one object, the object's own answer says.
 */
export function uiRulesOf(actor: Actor): unknown[] {
  const subjectsByActions = new Map<string, Set<string>>();
  for (const rule of abilityFor(actor).rules) {
    if (rule.fields) continue;
    const actions = [rule.action].flat().toSorted().join();
    const subjects = subjectsByActions.get(actions) ?? new Set<string>();
    for (const on of [rule.subject ?? []].flat()) subjects.add(String(on));
    subjectsByActions.set(actions, subjects);
  }
  const rules = [...subjectsByActions].map(([actions, subjects]): AppRule => ({
    action: actions.split(','),
    subject: [...subjects],
  }));
  return packRules(rules);
}
