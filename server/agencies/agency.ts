import { abilityFor, as } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { AgencyState, Tier } from './schema.ts';

/** Levels below the reseller; deeper chains leave nobody a margin and make price build-ups unreadable. */
export const MAX_DEPTH = 8;

export interface Agency {
  readonly id: string;
  /** Null: directly below the reseller. */
  readonly parentId: string | null;
  /** `/<id of the topmost>/…/<own id>/`: an agency's subtree is a prefix. */
  readonly path: string;
  readonly depth: number;
  readonly name: string;
  readonly legalName: string | null;
  readonly taxId: string | null;
  readonly email: string | null;
  readonly state: AgencyState;
  readonly tier: Tier;
  readonly childCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export const pathBelow = (parentPath: string, id: string): string => `${parentPath}${id}/`;

/** Whether the actor stands above the agency: suspending or approving oneself is nobody's right. */
export const standsAbove = (actor: Actor, agency: { id: string }): boolean => actor.agencyId !== agency.id;

/** A tier is the child's in its parent's eyes: its parent sets it, or the reseller. */
export const maySetTier = (actor: Actor, agency: { parentId: string | null }): boolean =>
  actor.agencyId === null || agency.parentId === actor.agencyId;

/** One that waits is let in or refused by the reseller, whoever added it. */
export const mayDecide = (actor: Actor, agency: { state: AgencyState }): boolean =>
  agency.state === 'under_review' && actor.agencyId === null;

/** What the actor may do with an agency it sees. */
export function rightsOn(actor: Actor, agency: Agency) {
  const ability = abilityFor(actor);
  const update = ability.can('update', as('Agency', agency));
  return {
    edit: update,
    setState: update && standsAbove(actor, agency) && (agency.state === 'approved' || agency.state === 'suspended'),
    decide: update && mayDecide(actor, agency),
    setTier: update && maySetTier(actor, agency),
    addChild: ability.can('create', as('Agency', agency)) && agency.state === 'approved' && agency.depth < MAX_DEPTH,
    invite: ability.can('create', as('Invitation', { agencyId: agency.id, agencyPath: agency.path })),
  };
}
