export const DISPUTE_STATES = [
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'won',
  'lost',
] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** What Stripe says of a dispute. Minor units. */
export interface DisputeFacts {
  readonly intentId: string | null;
  readonly state: DisputeState;
  readonly reason: string;
  readonly amountMinor: number;
  readonly withdrawnMinor: number;
  readonly returnedMinor: number;
  readonly currency: string;
  readonly dueAt: Date | null;
  readonly openedAt: Date;
}

/** How far a dispute is: an answer that would lead back is older than what is known. An inquiry may become a dispute. */
const RANK: Readonly<Record<DisputeState, number>> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  warning_closed: 2,
  needs_response: 3,
  under_review: 4,
  won: 5,
  lost: 5,
};

/** What is kept of a dispute between two answers. Minor units. */
export type DisputeProgress = Pick<DisputeFacts, 'state' | 'withdrawnMinor' | 'returnedMinor'>;

/**
 * Whether an answer of Stripe's is to be written over what is known (undefined: nothing). A decision stands, but its money may move after
 * it: Stripe gives back what was won some time after the dispute is closed. What was withdrawn and returned never becomes less.
 */
export function leadsOn(known: DisputeProgress | undefined, told: DisputeProgress): boolean {
  if (known === undefined || RANK[told.state] > RANK[known.state]) return true;
  if (told.state !== known.state) return false;
  const grown = told.withdrawnMinor - known.withdrawnMinor + (told.returnedMinor - known.returnedMinor);
  const isNewer = told.withdrawnMinor >= known.withdrawnMinor && told.returnedMinor >= known.returnedMinor;
  return isNewer && (grown > 0 || RANK[told.state] < RANK.won);
}

export const isOver = (state: DisputeState): boolean =>
  state === 'won' || state === 'lost' || state === 'warning_closed';
export const isInquiry = (state: DisputeState): boolean => state.startsWith('warning_');
export const awaitsAnswer = (state: DisputeState): boolean => state.endsWith('needs_response');
/** States in which the bank has not decided. */
export const OPEN_STATES = DISPUTE_STATES.filter((state) => !isOver(state));

export const REASONS = [
  'fraudulent',
  'product_not_received',
  'product_unacceptable',
  'credit_not_processed',
  'duplicate',
  'subscription_canceled',
  'unrecognized',
  'general',
] as const;
export type DisputeReason = (typeof REASONS)[number];
/** One of the reasons people are told in words; any other of Stripe's counts as general. */
export const reasonOf = (told: string): DisputeReason => REASONS.find((reason) => reason === told) ?? 'general';
