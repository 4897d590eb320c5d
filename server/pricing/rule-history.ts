import { authorize } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { NUMBER_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { findRuleOrDeleted, type RuleFields, type RuleRow } from './repository.ts';
import type { MarkupRuleQuery } from './schema.ts';

/** A rule as it once was: quotes name it by rule and version. */
export interface RuleVersion extends RuleFields {
  version: number;
  state: RuleRow['state'];
  /** Of the person or program; null for what came before history was kept, and for seeds. */
  changedBy: string | null;
  changedAt: Date;
}

const COLUMNS = {
  version: 'version',
  state: 'state',
  name: 'name',
  match: 'match',
  value: 'value',
  minMinor: 'min_minor',
  maxMinor: 'max_minor',
  stack: 'stack',
  priority: 'priority',
  validFrom: 'valid_from',
  validTo: 'valid_to',
  changedBy: 'changed_by',
  changedAt: 'changed_at',
};

const selectVersions = (ruleId: string) => q('markup_rule_versions').where({ rule_id: ruleId }).select(COLUMNS);

/** A rule of the actor's own level, deleted or not. @throws NotFound */
export async function readRuleOrDeleted(sql: TenantSql, actor: Actor, id: string): Promise<RuleRow> {
  const rule = await findRuleOrDeleted(sql, actor.agencyId, id);
  authorize(actor, 'read', 'MarkupRule', rule);
  return rule;
}

/** Versions of a rule of the actor's own level, newest first. @throws NotFound */
export async function listVersions(sql: TenantSql, actor: Actor, id: string, page: MarkupRuleVersionPage) {
  await readRuleOrDeleted(sql, actor, id);
  const before = decodeCursor(page.cursor, NUMBER_CURSOR);
  const query = selectVersions(id)
    .orderBy('version', 'desc')
    .limit(page.limit + 1);
  if (before) query.where('version', '<', before);
  return toPage(await sql.all<RuleVersion>(query), page.limit, (row) => row.version);
}
type MarkupRuleVersionPage = Pick<MarkupRuleQuery, 'cursor' | 'limit'>;

/** @throws NotFound for a version the rule never had */
export async function getVersion(sql: TenantSql, id: string, version: number): Promise<RuleVersion> {
  const found = await sql.one<RuleVersion>(selectVersions(id).where({ version }));
  if (!found) throw NotFound({ what: `Version ${version} of this markup rule` });
  return found;
}
