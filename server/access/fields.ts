import { permittedFieldsOf } from '@casl/ability/extra';
import { Forbidden } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { abilityFor, as } from './ability.ts';
import { guardedNames } from './guarded.ts';
import type { Subject } from './vocabulary.ts';

/** Which guarded parts of an object the actor may see (in an answer) or set (in a change). */
export function guardedFields(actor: Actor, action: 'see' | 'set', type: Subject, object: object): ReadonlySet<string> {
  return new Set(
    permittedFieldsOf(abilityFor(actor), action, as(type, object), { fieldsFrom: (rule) => [...(rule.fields ?? [])] }),
  );
}

/** @throws Forbidden naming the first guarded field of the change that the actor may not write */
export function checkFields(actor: Actor, type: Subject, object: object, change: object): void {
  const guarded = guardedNames(type);
  const asked = Object.entries(change).filter(([field, value]) => value !== undefined && guarded.includes(field));
  if (asked.length === 0) return;
  const permitted = guardedFields(actor, 'set', type, object);
  const refused = asked.find(([field]) => !permitted.has(field));
  if (refused) throw Forbidden({ action: `set ${refused[0]} of`, subject: type });
}
