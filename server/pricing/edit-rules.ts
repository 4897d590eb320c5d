import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { ValidationFailed, type FieldFault } from '../kernel/errors.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { newId } from '../kernel/ids.ts';
import {
  findChildren,
  findRule,
  findRuleOrDeleted,
  getRule,
  insertRule,
  selectRules,
  updateRule,
  type RuleFields,
  type RuleRow,
} from './repository.ts';
import { getVersion } from './rule-history.ts';
import type { MarkupRuleChange, MarkupRuleCreate, MarkupRuleQuery } from './schema.ts';

/** Rules of the actor's own level, oldest first, in force or deleted: a level neither sees nor edits another's. */
export async function listRules(sql: TenantSql, actor: Actor, page: MarkupRuleQuery) {
  const after = decodeCursor(page.cursor, UUID_CURSOR);
  const query = selectRules(actor.agencyId, page.state)
    .orderBy('id')
    .limit(page.limit + 1);
  if (after) query.where('id', '>', after);
  return toPage(await sql.all<RuleRow>(query), page.limit, (rule) => rule.id);
}

/** @throws NotFound for a rule of another level */
export async function readRule(sql: TenantSql, actor: Actor, id: string): Promise<RuleRow> {
  const rule = await findRule(sql, actor.agencyId, id);
  authorize(actor, 'read', 'MarkupRule', rule);
  return rule;
}

/** @throws ValidationFailed for bounds that contradict each other or a child that is not one */
export async function createRule(
  sql: TenantSql,
  actor: Actor,
  input: MarkupRuleCreate,
  currency: string,
  audit: AuditPen = noAudit,
): Promise<RuleRow> {
  authorize(actor, 'create', 'MarkupRule', { ownerAgencyId: actor.agencyId });
  const fields = toFields(input, currency);
  await checkFields(sql, actor, fields);
  const id = newId();
  await insertRule(sql, id, { ownerAgencyId: actor.agencyId, changedBy: actor.id }, fields);
  const made = await getRule(sql, actor.agencyId, id);
  audit.note({ subject: { label: made.name }, before: {}, after: factsOf(made) });
  return made;
}

/** Quotes keep the version they were priced by. @throws NotFound, VersionChanged, ValidationFailed */
export async function changeRule(
  sql: TenantSql,
  actor: Actor,
  target: { id: string; version: number },
  change: MarkupRuleChange,
  currency: string,
  audit: AuditPen = noAudit,
): Promise<RuleRow> {
  const rule = await findRule(sql, actor.agencyId, target.id);
  authorize(actor, 'update', 'MarkupRule', rule);
  if (rule.version !== target.version) throw VersionChanged();
  const { currency: _typedIn, ...value } = rule.value;
  const fields = toFields(
    {
      name: change.name ?? rule.name,
      match: change.match ?? (rule.match as MarkupRuleCreate['match']),
      value: change.value ?? value,
      minMinor: change.minMinor === undefined ? rule.minMinor : change.minMinor,
      maxMinor: change.maxMinor === undefined ? rule.maxMinor : change.maxMinor,
      stack: change.stack ?? rule.stack,
      priority: change.priority ?? rule.priority,
      validFrom: change.validFrom === undefined ? (rule.validFrom?.toISOString() ?? null) : change.validFrom,
      validTo: change.validTo === undefined ? (rule.validTo?.toISOString() ?? null) : change.validTo,
    },
    currency,
  );
  await checkFields(sql, actor, fields);
  await updateRule(sql, target, fields, actor.id);
  const changed = await getRule(sql, actor.agencyId, target.id);
  audit.note({ subject: { label: rule.name }, before: factsOf(rule), after: factsOf(changed) });
  return changed;
}

/** @throws NotFound, VersionChanged */
export async function deleteRule(
  sql: TenantSql,
  actor: Actor,
  target: { id: string; version: number },
  audit: AuditPen = noAudit,
): Promise<void> {
  const rule = await findRule(sql, actor.agencyId, target.id);
  authorize(actor, 'delete', 'MarkupRule', rule);
  await updateRule(sql, target, 'delete', actor.id);
  audit.note({ subject: { label: rule.name }, before: factsOf(rule), after: {} });
}

/**
 * Makes a rule what it was at an earlier version, as a new version; brings a deleted one back.
 * @param target the rule and its version now
 * @throws NotFound, VersionChanged, ValidationFailed when a child it names is gone
 */
export async function restoreRule(
  sql: TenantSql,
  actor: Actor,
  target: { id: string; version: number },
  toVersion: number,
  audit: AuditPen = noAudit,
): Promise<RuleRow> {
  const rule = await findRuleOrDeleted(sql, actor.agencyId, target.id);
  authorize(actor, 'update', 'MarkupRule', rule);
  if (rule.version !== target.version) throw VersionChanged();
  const {
    version: _version,
    state: _state,
    changedBy: _by,
    changedAt: _at,
    ...fields
  } = await getVersion(sql, rule.id, toVersion);
  await checkFields(sql, actor, fields);
  await updateRule(sql, target, fields, actor.id);
  const restored = await getRule(sql, actor.agencyId, target.id);
  audit.note({
    subject: { label: rule.name },
    before: rule.state === 'deleted' ? {} : factsOf(rule),
    after: factsOf(restored),
    details: { restoredVersion: toVersion },
  });
  return restored;
}

/** What the audit log compares. */
const factsOf = ({ name, match, value, minMinor, maxMinor, stack, priority, validFrom, validTo }: RuleRow) => ({
  name,
  match,
  value,
  minMinor,
  maxMinor,
  stack,
  priority,
  validFrom,
  validTo,
});

/** Amounts are in the tenant's currency as it is now; the rule keeps it, so that 500 never becomes 500 of another one. */
export function toFields(input: MarkupRuleCreate, currency: string): RuleFields {
  const hasAmounts = input.value.kind === 'fixed' || input.minMinor !== null || input.maxMinor !== null;
  return {
    ...input,
    match: withoutUndefined(input.match),
    value: hasAmounts ? { ...input.value, currency } : input.value,
    validFrom: input.validFrom === null ? null : new Date(input.validFrom),
    validTo: input.validTo === null ? null : new Date(input.validTo),
  };
}

const withoutUndefined = (match: MarkupRuleCreate['match']): RuleFields['match'] =>
  JSON.parse(JSON.stringify(match)) as RuleFields['match'];

async function checkFields(sql: TenantSql, actor: Actor, fields: RuleFields): Promise<void> {
  const errors = await faultsOf(sql, actor, fields);
  if (errors.length > 0) throw ValidationFailed({ errors });
}

/** What the schema cannot tell: bounds that contradict each other, a child that is none of the actor's. */
export async function faultsOf(
  sql: TenantSql,
  actor: Actor,
  { minMinor, maxMinor, validFrom, validTo, match }: RuleFields,
): Promise<FieldFault[]> {
  const errors: FieldFault[] = [];
  if (minMinor !== null && maxMinor !== null && minMinor > maxMinor)
    errors.push({ pointer: '/maxMinor', code: 'bounds', detail: 'maxMinor must not be less than minMinor' });
  if (validFrom && validTo && validFrom >= validTo)
    errors.push({ pointer: '/validTo', code: 'bounds', detail: 'validTo must be after validFrom' });
  const wanted = match.childAgencyId ?? [];
  if (wanted.length > 0) {
    const children = await findChildren(sql, actor.agencyId, wanted);
    wanted.forEach((id, index) => {
      if (!children.has(id))
        errors.push({
          pointer: `/match/childAgencyId/${index}`,
          code: 'unknown_child',
          detail: `${id} is not an agency directly below you`,
        });
    });
  }
  return errors;
}
