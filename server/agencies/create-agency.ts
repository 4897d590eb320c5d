import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { MAX_DEPTH, maySetTier, pathBelow, type Agency } from './agency.ts';
import { OnlyAboveMay, ParentNotApproved, TooDeep } from './errors.ts';
import { findAgency, getAgency, insertAgency } from './repository.ts';
import type { AgencyCreate } from './schema.ts';

/** What others make for a new agency, in the transaction that makes it: its wallet and its book. */
export interface NewAgency {
  id: string;
  parentId: string | null;
  path: string;
  name: string;
  /** Currency of the tenant, hence of the wallet. */
  currency: string;
}
export type OnAgencyCreated = (sql: TenantSql, agency: NewAgency) => Promise<void>;

export type AgencyInput = Pick<AgencyCreate, 'name'> & Partial<Omit<AgencyCreate, 'name'>> & { currency: string };

/**
 * Makes an agency, approved, with all that hangs on it, in the caller's transaction (a handle from `withTenant`). The caller has
 * checked who may.
 * @throws NotFound for an unknown parent, ParentNotApproved, TooDeep
 */
export async function createAgency(
  deps: { onAgencyCreated: OnAgencyCreated },
  sql: TenantSql,
  input: AgencyInput,
): Promise<Agency> {
  const parentId = input.parentId ?? null;
  const parent = parentId === null ? null : await findAgency(sql, parentId);
  if (parent === undefined) throw NotFound({ what: 'This parent agency' });
  if (parent && parent.state !== 'approved') throw ParentNotApproved(parent);
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) throw TooDeep();
  const id = newId();
  const path = pathBelow(parent?.path ?? '/', id);
  const { name, legalName = null, taxId = null, email = null, tier = 'bronze', currency } = input;
  await insertAgency(sql, { id, parentId, path, depth, name, legalName, taxId, email, tier });
  await deps.onAgencyCreated(sql, { id, parentId, path, name, currency });
  await emitEvent(sql, { kind: 'agency.approved@1', payload: { agencyId: id, parentId } });
  return getAgency(sql, id);
}

/** The same for a person: the reseller anywhere, an agency's administrator below the own agency. */
export async function addAgency(
  deps: { onAgencyCreated: OnAgencyCreated },
  sql: TenantSql,
  actor: Actor,
  input: AgencyCreate & { currency: string },
): Promise<Agency> {
  if (input.parentId === null) {
    if (actor.agencyId !== null) throw OnlyAboveMay({ what: 'Agencies directly below the reseller are added' });
  } else {
    authorize(actor, 'create', 'Agency', await findAgency(sql, input.parentId));
  }
  if (input.tier !== 'bronze' && !maySetTier(actor, input)) throw OnlyAboveMay({ what: 'Its tier is set' });
  return createAgency(deps, sql, input);
}
