import { Forbidden, NotFound } from '../kernel/errors.ts';
import { abilityFor, as } from './ability.ts';
import type { Action, AppAbility, Subject } from './vocabulary.ts';
import type { Actor } from '../kernel/http/actor.ts';

/**
 * Checks an object that was loaded. What the actor may not see answers 404 (it might as well not exist), what it may see but not do 403.
 */
export function authorize<T extends object>(
  actor: Actor,
  action: Action,
  type: Subject,
  object: T | undefined,
): asserts object is T {
  const ability: AppAbility = abilityFor(actor);
  if (!object || !ability.can('read', as(type, object))) throw NotFound({ what: `This ${type.toLowerCase()}` });
  if (action !== 'read' && !ability.can(action, as(type, object))) throw Forbidden({ action, subject: type });
}
