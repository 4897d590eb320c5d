import { applyBasisPoints, sum } from '../kernel/money.ts';

/**
 * open: its period runs; closed: its figures stand; approved: it may be paid; paid; returned: the bank sent the payout back; reopened:
 * to be approved anew.
 */
export const STATEMENT_STATES = ['open', 'closed', 'approved', 'paid', 'returned', 'reopened'] as const;
export type StatementState = (typeof STATEMENT_STATES)[number];

export const NEXT_STATES: Readonly<Record<StatementState, readonly StatementState[]>> = {
  open: ['closed'],
  closed: ['approved', 'paid'],
  approved: ['paid', 'returned'],
  paid: ['returned'],
  returned: ['reopened'],
  reopened: ['approved'],
};

/** What a period comes to, in minor units. All but `released` may be negative; negative is against the agency. */
export interface StatementInput {
  readonly released: number;
  readonly clawbacks: number;
  readonly memos: number;
  readonly carriedIn: number;
  readonly reserveReleased: number;
}

export interface StatementTerms {
  /** Part of what was released that is held back against refunds to come. */
  readonly reserveBp: number;
  /** What is less is carried to the next statement. Minor units. */
  readonly minimumPayout: number;
}

export interface StatementOutcome {
  readonly reserve: number;
  readonly payout: number;
  /** To the next statement: positive in the agency's favour, negative what it owes. */
  readonly carriedOut: number;
}

/**
 * Released − clawbacks − memos ± carried − reserve (example M). The reserve is held of what there is to pay only; a sum below the minimum,
 * or a debt, is carried.
 */
export function settle(input: StatementInput, terms: StatementTerms): StatementOutcome {
  const { released, clawbacks, memos, carriedIn, reserveReleased } = input;
  const net = sum([released, clawbacks, memos, carriedIn, reserveReleased]);
  const reserve = Math.min(applyBasisPoints(Math.max(0, released), terms.reserveBp), Math.max(0, net));
  const available = net - reserve;
  const payout = available > 0 && available >= terms.minimumPayout ? available : 0;
  return { reserve, payout, carriedOut: available - payout };
}

/** How people name a statement. */
export const statementNumber = (number: number): string => `ST-${String(number).padStart(6, '0')}`;
