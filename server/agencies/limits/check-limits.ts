import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import type { Tier } from '../schema.ts';
import { LimitReached, TierNotGiven } from './errors.ts';
import { findFull, roomOf, type LimitedAgency } from './limits.ts';
import { findLimitedChain } from './repository.ts';

/** The reseller sets the limits, and is not bound by them. */
const isBound = (actor: Actor): boolean => actor.agencyId !== null;

/** Whether the actor is told of an agency by name: its own and those below it, never one above. */
const isTold = (actor: Actor, chain: readonly LimitedAgency[], at: LimitedAgency): boolean =>
  chain.findIndex(({ id }) => id === at.id) >= chain.findIndex(({ id }) => id === actor.agencyId);

/**
 * Checks that another agency of a tier fits below a parent, once the network is locked (`lockNetwork`).
 * @returns whether it has to wait for the reseller
 * @throws LimitReached, TierNotGiven
 */
export async function checkPlace(
  sql: TenantSql,
  actor: Actor,
  { parentId, tier }: { parentId: string; tier: Tier },
): Promise<boolean> {
  if (!isBound(actor)) return false;
  const chain = await findLimitedChain(sql, parentId);
  const full = findFull(chain);
  if (full) throw LimitReached({ limit: full.limit, name: isTold(actor, chain, full.at) ? full.at.name : null });
  const { tiers, needsApproval } = roomOf(chain);
  if (!tiers.includes(tier)) throw TierNotGiven({ tier, tiers });
  return needsApproval;
}

/** Checks that a parent may give a tier. @throws TierNotGiven */
export async function checkTier(
  sql: TenantSql,
  actor: Actor,
  { parentId, tier }: { parentId: string | null; tier: Tier },
): Promise<void> {
  if (!isBound(actor) || parentId === null) return;
  const { tiers } = roomOf(await findLimitedChain(sql, parentId));
  if (!tiers.includes(tier)) throw TierNotGiven({ tier, tiers });
}

/**
 * Highest credit limit that the actor may give an agency, as the reseller set it for the levels above that agency; minor units, null: none is
 * set, or the actor is the reseller's.
 */
export async function creditCapFor(sql: TenantSql, actor: Actor, agencyId: string): Promise<number | null> {
  if (!isBound(actor)) return null;
  const chain = await findLimitedChain(sql, agencyId);
  return roomOf(chain.filter(({ id }) => id !== agencyId)).maxCreditMinor;
}
