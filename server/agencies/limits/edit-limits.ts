import { abilityFor, as, authorize } from '../../access/index.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import { VersionChanged } from '../../kernel/http/entity-tag.ts';
import { must } from '../../kernel/must.ts';
import type { Agency } from '../agency.ts';
import { findAgency } from '../repository.ts';
import { OnlyReseller } from './errors.ts';
import { roomOf, type NetworkLimits } from './limits.ts';
import { deleteLimits, findLimitedChain, lockNetwork, readGeneralLimits, writeLimits } from './repository.ts';
import type { NetworkLimitsView } from './schema.ts';

const mayEdit = (actor: Actor, agency: Agency): boolean =>
  actor.agencyId === null && abilityFor(actor).can('update', as('Agency', agency));

/** What an agency may take in, and what is left of it. @throws NotFound */
export async function readLimits(sql: TenantSql, actor: Actor, agencyId: string): Promise<NetworkLimitsView> {
  const agency = await findAgency(sql, agencyId);
  authorize(actor, 'read', 'Agency', agency);
  const chain = await findLimitedChain(sql, agencyId);
  const { id, name: _name, depth: _depth, direct, total, isOwn, version, ...limits } = must(chain.at(-1), 'limits');
  return {
    agencyId: id,
    isOwn,
    limits: { ...limits, tiers: [...limits.tiers] },
    used: { direct, total },
    room: roomOf(chain),
    may: { edit: mayEdit(actor, agency) },
    version,
  };
}

/** The general limits. @throws OnlyReseller */
export async function readGeneral(sql: TenantSql, actor: Actor) {
  if (actor.agencyId !== null) throw OnlyReseller({ what: 'What every agency may take in is read' });
  const { tiers, ...rest } = await readGeneralLimits(sql);
  return { ...rest, tiers: [...tiers] };
}

/**
 * Sets what an agency may take in; null: every agency without limits of its own. What is there already stays, even when it is more.
 * Inside a transaction. @throws NotFound, OnlyReseller, VersionChanged
 */
export async function changeLimits(
  sql: TenantSql,
  actor: Actor,
  { agencyId, version, limits }: { agencyId: string | null; version: number; limits: NetworkLimits },
  audit: AuditPen = noAudit,
): Promise<void> {
  const agency = await openForReseller(sql, actor, agencyId);
  await lockNetwork(sql);
  const before = await standing(sql, agencyId);
  if (agencyId === null && version === 0) throw VersionChanged();
  if (!(await writeLimits(sql, agencyId, version, limits))) throw VersionChanged();
  audit.note({ subject: { label: agency?.name ?? '' }, before: factsOf(before), after: factsOf(limits) });
}

/** Lets the general limits count for an agency again. Inside a transaction. @throws NotFound, OnlyReseller */
export async function dropLimits(
  sql: TenantSql,
  actor: Actor,
  agencyId: string,
  audit: AuditPen = noAudit,
): Promise<void> {
  const agency = await openForReseller(sql, actor, agencyId);
  await lockNetwork(sql);
  const before = await standing(sql, agencyId);
  await deleteLimits(sql, agencyId);
  audit.note({
    subject: { label: agency?.name ?? '' },
    before: factsOf(before),
    after: factsOf(await standing(sql, agencyId)),
  });
}

async function openForReseller(sql: TenantSql, actor: Actor, agencyId: string | null): Promise<Agency | undefined> {
  const agency = agencyId === null ? undefined : await findAgency(sql, agencyId);
  if (agencyId !== null) authorize(actor, 'update', 'Agency', agency);
  if (actor.agencyId !== null) throw OnlyReseller({ what: 'What an agency may take in is set' });
  return agency;
}

const standing = async (sql: TenantSql, agencyId: string | null): Promise<NetworkLimits> =>
  agencyId === null
    ? readGeneralLimits(sql)
    : must((await findLimitedChain(sql, agencyId)).at(-1), 'the limits of an agency');

/** What the audit log compares. */
const factsOf = ({ mayAdd, maxDirect, maxTotal, maxLevels, tiers, maxCreditMinor, needsApproval }: NetworkLimits) => ({
  mayAdd,
  maxDirect,
  maxTotal,
  maxLevels,
  tiers: tiers.join(' '),
  maxCreditMinor,
  needsApproval,
});
