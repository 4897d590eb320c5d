import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { ValidationFailed } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { newId } from '../kernel/ids.ts';
import { faultsOf, toFields } from './edit-rules.ts';
import { readRulesCsv, type LineFault, type RuleLine } from './read-rules-csv.ts';
import { insertRule, selectRules, updateRule, type RuleFields, type RuleRow } from './repository.ts';
import { columnOf, rulesToCsv } from './rules-csv.ts';
import type { MarkupRuleImport, MarkupRuleImportView } from './schema.ts';

const readLevel = (sql: TenantSql, actor: Actor) => sql.all<RuleRow>(selectRules(actor.agencyId).orderBy('id'));

/** All rules of the actor's own level as a file for spreadsheets. */
export async function exportRules(sql: TenantSql, actor: Actor, currency: string): Promise<string> {
  authorize(actor, 'read', 'MarkupRule', { ownerAgencyId: actor.agencyId });
  return rulesToCsv(await readLevel(sql, actor), currency);
}

type Change = { line: RuleLine; fields: RuleFields; kind: 'create' | 'update' | 'keep' };

/**
 * Makes and changes rules of the actor's own level from a file, all or none, in the caller's transaction. Rules that the file does not
 * name stay. With `dryRun` it only tells what would happen, faults included.
 * @throws ValidationFailed naming each fault as `/lines/<line>/<column>`; then nothing is written
 */
export async function importRules(
  sql: TenantSql,
  actor: Actor,
  { csv, dryRun }: MarkupRuleImport,
  currency: string,
  audit: AuditPen = noAudit,
): Promise<MarkupRuleImportView> {
  authorize(actor, 'update', 'MarkupRule', { ownerAgencyId: actor.agencyId });
  const { lines, faults } = readRulesCsv(csv, currency);
  const known = new Map((await readLevel(sql, actor)).map((rule) => [rule.id, rule]));
  const changes: Change[] = [];
  for (const line of lines) {
    const fields = toFields(line.rule, currency);
    const found = [...targetFaults(line, known, lines), ...(await fieldFaults(sql, actor, line, fields))];
    faults.push(...found);
    if (found.length === 0) changes.push({ line, fields, kind: kindOf(line, fields, known) });
  }
  faults.sort((a, b) => a.line - b.line);
  if (faults.length > 0 && !dryRun) throw ValidationFailed({ errors: faults.map(toFieldFault) });
  if (!dryRun) {
    for (const { line, fields, kind } of changes) {
      if (kind === 'create')
        await insertRule(sql, newId(), { ownerAgencyId: actor.agencyId, changedBy: actor.id }, fields);
      if (kind === 'update' && line.target) await updateRule(sql, line.target, fields, actor.id);
    }
  }
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  const result = { created: count('create'), updated: count('update'), unchanged: count('keep') };
  audit.note({ details: { ...result, dryRun } });
  return { dryRun, ...result, errors: faults };
}

const toFieldFault = ({ line, column, code, detail }: LineFault) => ({
  pointer: `/lines/${line}${column === null ? '' : `/${column}`}`,
  code,
  detail: `Line ${line}: ${detail}`,
});

function targetFaults(
  { line, target }: RuleLine,
  known: ReadonlyMap<string, RuleRow>,
  all: readonly RuleLine[],
): LineFault[] {
  if (!target) return [];
  const rule = known.get(target.id);
  if (!rule)
    return [
      {
        line,
        column: 'id',
        code: 'unknown_rule',
        detail: 'You have no such rule: leave id and version empty to make one.',
      },
    ];
  if (rule.version !== target.version)
    return [
      {
        line,
        column: 'version',
        code: 'version_changed',
        detail: `The rule was changed since: it is at version ${rule.version}. Export again.`,
      },
    ];
  if (all.some((other) => other.line < line && other.target?.id === target.id))
    return [{ line, column: 'id', code: 'repeated_rule', detail: 'The rule stands on an earlier line already.' }];
  return [];
}

const fieldFaults = async (
  sql: TenantSql,
  actor: Actor,
  { line }: RuleLine,
  fields: RuleFields,
): Promise<LineFault[]> =>
  (await faultsOf(sql, actor, fields)).map(({ pointer, code, detail }) => ({
    line,
    column: columnOf(pointer) ?? null,
    code,
    detail,
  }));

/** What the line would do; one that says what the rule says already leaves no new version. */
function kindOf({ target }: RuleLine, fields: RuleFields, known: ReadonlyMap<string, RuleRow>): Change['kind'] {
  if (!target) return 'create';
  const rule = known.get(target.id);
  const {
    id: _id,
    ownerAgencyId: _owner,
    createdAt: _at,
    updatedAt: _changed,
    version: _v,
    state: _s,
    ...now
  } = rule ?? ({} as RuleRow);
  return ordered(now) === ordered(fields) ? 'keep' : 'update';
}

/** JSON with the keys in order, so that two equal values are one text. */
const ordered = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
