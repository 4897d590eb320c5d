import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { Conflict } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { mayDecide, maySetTier, standsAbove, type Agency } from './agency.ts';
import { OnlyAboveMay } from './errors.ts';
import { checkTier } from './limits/check-limits.ts';
import { OnlyReseller } from './limits/errors.ts';
import { findAgency, getAgency, updateAgency } from './repository.ts';
import type { AgencyChange, Tier } from './schema.ts';

interface Change<C> {
  id: string;
  /** The version the actor read. */
  version: number;
  change: C;
}

/** The agency, if the actor may see it. @throws NotFound otherwise */
export async function readAgency(sql: TenantSql, actor: Actor, id: string): Promise<Agency> {
  const agency = await findAgency(sql, id);
  authorize(actor, 'read', 'Agency', agency);
  return agency;
}

/**
 * Changes an agency's data, or suspends and approves it again; inside a transaction.
 * @throws NotFound, Forbidden, OnlyAboveMay, OnlyReseller, Conflict, VersionChanged
 */
export async function changeAgency(
  sql: TenantSql,
  actor: Actor,
  { id, version, change }: Change<AgencyChange>,
  audit: AuditPen = noAudit,
): Promise<Agency> {
  const agency = await findAgency(sql, id);
  authorize(actor, 'update', 'Agency', agency);
  if (change.state !== undefined) checkStateChange(actor, agency, change.state);
  const { name, legalName, taxId, email, state } = change;
  const columns = { name, legal_name: legalName, tax_id: taxId, email, state };
  await updateAgency(
    sql,
    id,
    version,
    Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)),
  );
  if (state !== undefined && state !== agency.state) {
    await emitEvent(sql, { kind: `agency.${state}@1`, payload: { agencyId: id, parentId: agency.parentId } });
  }
  const changed = await getAgency(sql, id);
  audit.note({ subject: { label: agency.name }, before: factsOf(agency), after: factsOf(changed) });
  return changed;
}

/** What the audit log compares. */
const factsOf = ({ name, legalName, taxId, email, state, tier }: Agency) => ({
  name,
  legalName,
  taxId,
  email,
  state,
  tier,
});

function checkStateChange(actor: Actor, agency: Agency, to: string): void {
  if (!standsAbove(actor, agency)) throw OnlyAboveMay({ what: 'An agency is suspended or approved' });
  if (agency.state === 'under_review' && to !== 'suspended') {
    if (!mayDecide(actor, agency)) throw OnlyReseller({ what: 'An agency that waits is let in' });
    return;
  }
  const isIn = agency.state === 'approved' || agency.state === 'suspended';
  if (agency.state === to || (isIn && to !== 'rejected')) return;
  throw Conflict({ detail: `${agency.name} is ${agency.state.replaceAll('_', ' ')}: it cannot become ${to}.` });
}

/** Sets the tier an agency has in its parent's eyes. @throws NotFound, OnlyAboveMay, TierNotGiven, VersionChanged */
export async function setTier(
  sql: TenantSql,
  actor: Actor,
  { id, version, change }: Change<{ tier: Tier }>,
  audit: AuditPen = noAudit,
): Promise<Agency> {
  const agency = await findAgency(sql, id);
  authorize(actor, 'update', 'Agency', agency);
  if (!maySetTier(actor, agency)) throw OnlyAboveMay({ what: 'Its tier is set' });
  if (change.tier !== agency.tier) await checkTier(sql, actor, { parentId: agency.parentId, tier: change.tier });
  await updateAgency(sql, id, version, { tier: change.tier });
  if (change.tier !== agency.tier)
    await emitEvent(sql, {
      kind: 'agency.tier_changed@1',
      payload: { agencyId: id, before: agency.tier, after: change.tier, cause: 'set' },
    });
  audit.note({ subject: { label: agency.name }, before: { tier: agency.tier }, after: { tier: change.tier } });
  return getAgency(sql, id);
}
