import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { MAX_DEPTH, maySetTier, pathBelow, type Agency } from './agency.ts';
import { checkPlace } from './limits/check-limits.ts';
import { lockNetwork } from './limits/repository.ts';
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

export type AgencyInput = Pick<AgencyCreate, 'name'> &
  Partial<Omit<AgencyCreate, 'name'>> & {
    currency: string;
    /** Whether it waits for the reseller before it may sell. */
    waits?: boolean;
  };

/**
 * Makes an agency, approved unless it waits, with all that hangs on it, in the caller's transaction (a handle from `withTenant`). The
 * caller has checked who may.
 * @throws NotFound for an unknown parent, ParentNotApproved, TooDeep
 */
export async function createAgency(
  deps: { onAgencyCreated: OnAgencyCreated },
  sql: TenantSql,
  input: AgencyInput,
): Promise<Agency> {
  await lockNetwork(sql);
  const parentId = input.parentId ?? null;
  const parent = parentId === null ? null : await findAgency(sql, parentId);
  if (parent === undefined) throw NotFound({ what: 'This parent agency' });
  if (parent && parent.state !== 'approved') throw ParentNotApproved(parent);
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) throw TooDeep();
  const id = newId();
  const path = pathBelow(parent?.path ?? '/', id);
  const { name, legalName = null, taxId = null, email = null, tier = 'bronze', currency } = input;
  const state = input.waits ? 'under_review' : 'approved';
  await insertAgency(sql, { id, parentId, path, depth, name, legalName, taxId, email, tier, state });
  await deps.onAgencyCreated(sql, { id, parentId, path, name, currency });
  const kind = input.waits ? 'agency.requested@1' : 'agency.approved@1';
  await emitEvent(sql, { kind, payload: { agencyId: id, parentId } });
  return getAgency(sql, id);
}

/**
 * The same for a person: the reseller anywhere, an agency's administrator below the own agency and within its limits. The network is locked
 * first, so that of many who take the last place one gets it.
 * @throws besides, OnlyAboveMay, LimitReached, TierNotGiven
 */
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
  await lockNetwork(sql);
  const { parentId, tier } = input;
  const waits = parentId === null ? false : await checkPlace(sql, actor, { parentId, tier });
  return createAgency(deps, sql, { ...input, waits });
}
