import type { Actor } from '../kernel/http/actor.ts';
import { abilityFor } from './ability.ts';
import { guardedNames } from './guarded.ts';
import { ACTIONS, TENANT_SUBJECTS } from './vocabulary.ts';

type Given = Pick<Actor, 'role' | 'agencyId' | 'agencyPath' | 'permissions' | 'scopes'>;

/**
 * Nobody gives what he does not have: whether each kind of right of the account to be made, and each guarded part, is one its maker has
 * too. Over which objects is not compared; that the account's agency is the maker's to give to, its caller checks.
 */
export function coversRights(maker: Actor, given: Given): boolean {
  const account: Actor = { kind: 'user', id: null, name: '', email: null, ...given };
  const [has, gets] = [abilityFor(maker), abilityFor(account)];
  return TENANT_SUBJECTS.every((type) =>
    ACTIONS.every(
      (action) =>
        !gets.can(action, type) ||
        [undefined, ...guardedNames(type)].every(
          (field) => !grantsField(gets, action, type, field) || grantsField(has, action, type, field),
        ),
    ),
  );
}

function grantsField(ability: ReturnType<typeof abilityFor>, action: string, type: string, field?: string): boolean {
  const rules = ability.rulesFor(action, type);
  return rules.some((rule) => (field === undefined ? !rule.fields : (rule.fields ?? []).includes(field)));
}
