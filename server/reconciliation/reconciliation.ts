export const COUNTERPARTIES = ['stripe', 'suppliers'] as const;
/** Whose word is compared with the books. */
export type Counterparty = (typeof COUNTERPARTIES)[number];

export const CASE_KINDS = ['missing_here', 'missing_there', 'amount_differs'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

export const CASE_STATES = ['open', 'proposed', 'accepted', 'linked', 'healed'] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** One thing that both sides should know: a booking, or a movement that belongs to none. Amounts are net, in minor units. */
export interface Comparison {
  /** `booking/<id>` or `line/<reference>`: the same at every look. */
  key: string;
  bookingId: string | null;
  /** The other side's name for it: a charge, an order; null when it has none. */
  reference: string | null;
  currency: string;
  /** What the books say; null where they say nothing. */
  ours: number | null;
  /** What the other side says; null where it says nothing. */
  theirs: number | null;
}

/** How a comparison ends; undefined when both sides agree. Pure. */
export function differenceOf({ ours, theirs }: Pick<Comparison, 'ours' | 'theirs'>): CaseKind | undefined {
  if ((ours ?? 0) === (theirs ?? 0)) return undefined;
  if (ours === null) return 'missing_here';
  if (theirs === null) return 'missing_there';
  return 'amount_differs';
}

export interface Case {
  id: string;
  counterparty: Counterparty;
  key: string;
  day: string;
  kind: CaseKind;
  state: CaseState;
  bookingId: string | null;
  bookingReference: string | null;
  reference: string | null;
  currency: string;
  oursMinor: number;
  theirsMinor: number;
  /** Whether the movement is of a kind that a booking's sale and refunds answer for. */
  isBooked: boolean;
  reason: string | null;
  authorId: string | null;
  decidedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What has to be posted so that the books say what the other side says. Minor units; in the other side's favour when positive. */
export const gapOf = (one: Pick<Case, 'oursMinor' | 'theirsMinor'>): number => one.theirsMinor - one.oursMinor;

export const isUnsettled = (state: CaseState): boolean => state === 'open' || state === 'proposed';

/**
 * Whether a case may be tied to a booking by hand: a stray payment or refund, which the booking is then compared with. A transfer or an
 * adjustment would be compared with nothing any more: it is accepted, if need be by two people.
 */
export const isLinkable = (one: Pick<Case, 'counterparty' | 'bookingId' | 'key' | 'isBooked'>): boolean =>
  one.counterparty === 'stripe' && one.bookingId === null && one.key.startsWith('line/') && one.isBooked;

/** Whether one person may sign for a difference alone. */
export const needsSecondPerson = (gapMinor: number, limitMinor: number): boolean => Math.abs(gapMinor) > limitMinor;

/** The UTC day before an instant's, `YYYY-MM-DD`: the last one that is over. */
export const dayBefore = (now: Date): string => new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10);
