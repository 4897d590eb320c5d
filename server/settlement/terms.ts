import { authorize } from '../access/index.ts';
import { DEFAULT_FOUR_EYES_MINOR } from '../commissions/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import type { PeriodKind } from './period.ts';

/** On what terms an agency is settled. Minor units. */
export interface Terms {
  readonly period: PeriodKind;
  readonly reserveBp: number;
  readonly reserveDays: number;
  readonly minimumPayout: number;
}

/** Until the reseller sets others. */
export const DEFAULT_TERMS: Terms = { period: 'monthly', reserveBp: 0, reserveDays: 90, minimumPayout: 1000 };

interface TermsRow {
  agency_id: string | null;
  period: PeriodKind;
  reserve_bp: number;
  reserve_days: number;
  minimum_payout_minor: number;
  four_eyes_minor: number | null;
}

const toTerms = (row: TermsRow): Terms => ({
  period: row.period,
  reserveBp: row.reserve_bp,
  reserveDays: row.reserve_days,
  minimumPayout: row.minimum_payout_minor,
});

/** The agency's own terms, else the reseller's default (for null at once). */
export async function readTerms(
  sql: TenantSql,
  agencyId: string | null,
): Promise<{ terms: Terms; isOwn: boolean; fourEyesLimit: number }> {
  const rows = await sql.all<TermsRow>(
    q('settlement_terms')
      .whereNull('agency_id')
      .modify((either) => void (agencyId === null || either.orWhere('agency_id', agencyId)))
      .select('*'),
  );
  const general = rows.find((row) => row.agency_id === null);
  const own = rows.find((row) => row.agency_id !== null) ?? (agencyId === null ? general : undefined);
  const row = own ?? general;
  return {
    terms: row ? toTerms(row) : DEFAULT_TERMS,
    isOwn: own !== undefined,
    fourEyesLimit: general?.four_eyes_minor ?? DEFAULT_FOUR_EYES_MINOR,
  };
}

/** Terms of one agency, or the default (null), for somebody who may see them. @throws NotFound */
export async function openTerms(sql: TenantSql, actor: Actor, agencyId: string | null) {
  await authorizeAgency(sql, actor, { action: 'read', type: 'Settlement', agencyId });
  return readTerms(sql, agencyId);
}

/** Sets the terms of one agency, or the default (null). Statements that are open keep their period. @throws NotFound, Forbidden */
export async function changeTerms(
  sql: TenantSql,
  actor: Actor,
  { agencyId, terms, fourEyesLimit }: { agencyId: string | null; terms: Terms; fourEyesLimit?: number },
  audit: AuditPen = noAudit,
): Promise<void> {
  await authorizeAgency(sql, actor, { action: 'update', type: 'Settlement', agencyId });
  const before = await readTerms(sql, agencyId);
  const row = {
    agency_id: agencyId,
    period: terms.period,
    reserve_bp: terms.reserveBp,
    reserve_days: terms.reserveDays,
    minimum_payout_minor: terms.minimumPayout,
    four_eyes_minor: fourEyesLimit ?? null,
  };
  await sql.run(
    q('settlement_terms')
      .insert(row)
      .onConflict('agency_id')
      .merge({ ...row, version: q.raw('settlement_terms.version + 1'), updated_at: q.fn.now() }),
  );
  audit.note({
    before: { ...before.terms, ...(agencyId === null ? { fourEyesLimit: before.fourEyesLimit } : {}) },
    after: { ...terms, ...(fourEyesLimit === undefined ? {} : { fourEyesLimit }) },
  });
}

/**
 * Checks what somebody may do with the settlement of an agency; null is the reseller's own.
 * @throws NotFound for an agency that does not exist or whose settlement the actor may not see; Forbidden
 */
export async function authorizeAgency(
  sql: TenantSql,
  actor: Actor,
  check: { action: 'read' | 'update'; type: 'Settlement' | 'PayoutAccount'; agencyId: string | null },
): Promise<void> {
  const { action, type, agencyId } = check;
  const exists = agencyId === null || (await sql.one(q('agencies').where({ id: agencyId }).select('id'))) !== undefined;
  authorize(actor, action, type, exists ? { agencyId } : undefined);
}
