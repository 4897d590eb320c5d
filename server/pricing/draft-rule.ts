import type { RequestContext } from '../kernel/http/context.ts';
import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { faultsOf, toFields } from './edit-rules.ts';
import type { MarkupRule } from './markup-rule.ts';
import { toMarkupRule } from './repository.ts';
import type { MarkupRuleDraft } from './schema.ts';

/**
 * What a draft would be once saved: in the place of the rule it replaces, or as the newest of the actor's level.
 * @throws NotFound when it replaces no rule of that level, ValidationFailed when it could not be saved
 */
export async function draftRule(
  { sql, actor, tenant }: Pick<RequestContext, 'sql' | 'actor' | 'tenant'>,
  { rule, ruleId }: MarkupRuleDraft,
  saved: readonly MarkupRule[],
): Promise<MarkupRule> {
  const replaced = saved.find(({ id, ownerAgencyId }) => id === ruleId && ownerAgencyId === actor.agencyId);
  if (ruleId !== undefined && !replaced) throw NotFound({ what: 'This markup rule' });
  const fields = toFields(rule, tenant.currency);
  const faults = await faultsOf(sql, actor, fields);
  if (faults.length > 0)
    throw ValidationFailed({ errors: faults.map((fault) => ({ ...fault, pointer: `/draft/rule${fault.pointer}` })) });
  const createdAt = replaced ? new Date(replaced.createdAt) : new Date();
  return toMarkupRule({
    ...fields,
    id: replaced?.id ?? newId(),
    ownerAgencyId: actor.agencyId,
    version: (replaced?.version ?? 0) + 1,
    state: 'active',
    createdAt,
    updatedAt: createdAt,
  });
}
