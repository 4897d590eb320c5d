import { allocate, assertMinor, multiplyRational } from '../kernel/money.ts';

/**
 * pending: the booking is confirmed; payable: travel is over and the waiting time has passed; paid: a settlement paid it;
 * reversed: the whole of it was refunded before a statement took it.
 */
export type CommissionState = 'pending' | 'payable' | 'paid' | 'reversed';

export class CommissionError extends Error {
  override readonly name = 'CommissionError';
}

const NEXT: Readonly<Record<CommissionState, readonly CommissionState[]>> = {
  pending: ['payable', 'reversed'],
  // Back to waiting while a dispute of the sale is open.
  payable: ['paid', 'reversed', 'pending'],
  // A payout that the bank returned was none.
  paid: ['payable'],
  reversed: [],
};

/** Throws CommissionError unless a commission in `from` may become `to`. */
export function assertTransition(from: CommissionState, to: CommissionState): void {
  if (!NEXT[from].includes(to)) {
    throw new CommissionError(
      `A ${from} commission cannot become ${to}; it can become ${NEXT[from].join(' or ') || 'nothing else'}.`,
    );
  }
}

/** What an agency earns of a booking: commission and, where the reseller collected the card, its markup. Minor units. */
export interface CommissionAccrual {
  readonly agencyId: string;
  /** Commission granted at confirmation; never changes. */
  readonly amount: number;
  /** Of the commission taken back so far by refunds, 0 … amount. */
  readonly reversed: number;
  /** Markup that the reseller collected and owes the agency. */
  readonly markup: number;
  /** Of the markup given back so far; negative when the agency's cancellation fee was more. */
  readonly markupReversed: number;
  readonly currency: string;
  readonly state: CommissionState;
  /** Whether a closed statement has taken it: what is reversed afterwards is a clawback of the next. */
  readonly isSettled: boolean;
  /** Instant (ISO 8601 UTC) from which it may be paid. */
  readonly payableAt: string;
}

/** When a commission is released: days after the end of travel, or when the booking can no longer be cancelled free of charge. */
export type ReleasePolicy =
  { readonly kind: 'after_travel'; readonly days: number } | { readonly kind: 'cancellation_window' };

export const DEFAULT_RELEASE = { kind: 'after_travel', days: 3 } as const satisfies ReleasePolicy;

export interface BookingDates {
  /** End of travel and of free cancellation, as instants. */
  readonly travelEndAt: string;
  readonly cancellationEndsAt?: string;
}

const DAY_MS = 86_400_000;

export function payableAt(dates: BookingDates, policy: ReleasePolicy = DEFAULT_RELEASE): string {
  const text = policy.kind === 'after_travel' ? dates.travelEndAt : (dates.cancellationEndsAt ?? dates.travelEndAt);
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new CommissionError(`"${text}" is not an ISO 8601 instant; give one in UTC.`);
  return new Date(instant + (policy.kind === 'after_travel' ? policy.days * DAY_MS : 0)).toISOString();
}

/** The part of a build-up that commissions are accrued from; a pricing BuildUp has this shape. */
export interface CommissionSource {
  readonly currency: string;
  readonly levels: readonly {
    readonly agencyId: string | null;
    readonly commission: number;
    readonly markup?: number;
  }[];
}

/**
 * One pending accrual per agency of the chain that earns anything, in chain order. `card`: the reseller collected the customer's price,
 * so that it owes the agencies their markups too; from a wallet each seller collects its own.
 */
export function accrueCommissions(
  source: CommissionSource,
  dates: BookingDates,
  policy: ReleasePolicy = DEFAULT_RELEASE,
  method: 'card' | 'wallet' = 'wallet',
): CommissionAccrual[] {
  const at = payableAt(dates, policy);
  return source.levels.flatMap(({ agencyId, commission, markup = 0 }) => {
    const owed = method === 'card' ? assertMinor(markup, 'markup') : 0;
    if (agencyId === null || (commission === 0 && owed === 0)) return [];
    return [
      {
        agencyId,
        amount: assertMinor(commission, 'commission'),
        reversed: 0,
        markup: owed,
        markupReversed: 0,
        currency: source.currency,
        state: 'pending' as const,
        isSettled: false,
        payableAt: at,
      },
    ];
  });
}

/** Releases a pending accrual whose time has come; any other is returned as it is. */
export function releaseCommission(accrual: CommissionAccrual, now: number): CommissionAccrual {
  if (accrual.state !== 'pending' || Date.parse(accrual.payableAt) > now) return accrual;
  return { ...accrual, state: 'payable' };
}

/** Marks a payable accrual as paid by a settlement. Throws CommissionError in any other state. */
export function payCommission(accrual: CommissionAccrual): CommissionAccrual {
  assertTransition(accrual.state, 'paid');
  return { ...accrual, state: 'paid' };
}

/** What is still to be paid, or stays paid: commission and markup less what was taken back of them. */
export function dueOf(accrual: CommissionAccrual): number {
  return accrual.amount - accrual.reversed + accrual.markup - accrual.markupReversed;
}

export interface Reversal {
  readonly accrual: CommissionAccrual;
  /** What this reversal takes away of the commission. */
  readonly taken: number;
  /** What it takes away of the markup; negative when the agency earned a cancellation fee. */
  readonly markupTaken: number;
  /** Both, negative, when a statement had taken the earning: a line of the agency's next statement. Otherwise 0. */
  readonly clawback: number;
}

/**
 * Takes back a part of a commission, up to what is left of it, and of the markup. Fully reversed before a statement took it, the earning
 * ends as `reversed`; afterwards it stays what it is and the amount becomes a clawback.
 */
export function reverseAmount(accrual: CommissionAccrual, amount: number, markupTaken = 0): Reversal {
  if (assertMinor(amount, 'reversal') < 0) throw new CommissionError('A reversal takes back zero or more.');
  const taken = Math.min(amount, accrual.amount - accrual.reversed);
  const after = {
    ...accrual,
    reversed: accrual.reversed + taken,
    markupReversed: accrual.markupReversed + assertMinor(markupTaken, 'reversal of markup'),
  };
  if (dueOf(after) < 0) throw new CommissionError('A refund cannot take back more than was earned.');
  if (accrual.isSettled || accrual.state === 'paid') {
    const total = taken + markupTaken;
    return { accrual: after, taken, markupTaken, clawback: total === 0 ? 0 : -total };
  }
  return {
    accrual: dueOf(after) === 0 ? { ...after, state: 'reversed' } : after,
    taken,
    markupTaken,
    clawback: 0,
  };
}

/**
 * Reverses in proportion to a running total of refunds: `refunded` of `refundable` so far, this one included. Reckoned on the
 * running total, so that many small refunds take what one large one takes.
 */
export function reverseInProportion(accrual: CommissionAccrual, refunded: number, refundable: number): Reversal {
  if (refundable <= 0 || refunded < 0 || refunded > refundable) {
    throw new CommissionError(
      `Cannot reverse for ${refunded} refunded of ${refundable}; the refund is more than the sale.`,
    );
  }
  const target = multiplyRational(accrual.amount, refunded, refundable);
  return reverseAmount(accrual, Math.max(0, target - accrual.reversed));
}

/** Example H: shares of a commission a supplier pays on a gross price, each parent passing down a share of what reaches it. */
export function passDownCommission(total: number, passedDownBp: readonly number[]): number[] {
  let reaching = assertMinor(total, 'commission');
  const kept: number[] = [];
  for (const bp of passedDownBp) {
    const [passed = 0, own = 0] = allocate(reaching, [bp, 10_000 - bp]);
    kept.push(own);
    reaching = passed;
  }
  return [...kept, reaching];
}
