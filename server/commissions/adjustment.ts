import type { Actor } from '../kernel/http/actor.ts';

/** proposed: waits for a second person; approved: a line of the agency's next statement; rejected: without effect. */
export const ADJUSTMENT_STATES = ['proposed', 'approved', 'rejected'] as const;
export type AdjustmentState = (typeof ADJUSTMENT_STATES)[number];

export interface Adjustment {
  readonly id: string;
  readonly agencyId: string;
  readonly agencyName: string;
  readonly booking: { readonly id: string; readonly reference: string } | null;
  /** In the agency's favour when positive. Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly state: AdjustmentState;
  readonly authorId: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly statementId: string | null;
  readonly createdAt: Date;
}

/** What one person may sign for alone, for an agency within a day, until the reseller sets another limit. Minor units. */
export const DEFAULT_FOUR_EYES_MINOR = 50_000;

/**
 * Whether a correction needs a second person: when it, together with what was signed for alone within the last day, is above the limit.
 * Counted together, so that a large amount cannot be cut into small ones.
 */
export const needsSecondPerson = (amount: number, signedAlone: number, limit: number): boolean =>
  Math.abs(amount) + signedAlone > limit;

type Person = Pick<Actor, 'id' | 'kind' | 'actingParty'>;

/** Whether somebody is a second pair of eyes: a person, not the author, and not a stranger acting in somebody's place. */
export const mayApprove = (actor: Person, adjustment: Pick<Adjustment, 'authorId'>): boolean =>
  actor.kind === 'user' && !actor.actingParty && actor.id !== null && actor.id !== adjustment.authorId;
