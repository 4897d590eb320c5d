import type { Subject } from './vocabulary.ts';

/**
 * Parts of an answer, or of a change, that are withheld unless a grant of `see` (or `set`) names them: no other grant includes them, so that a
 * new figure is hidden until somebody decides who sees it. Names are paths of the answer.
 */
export const GUARDED = {
  Booking: {
    personal: ['contact', 'travellers.bornOn'],
    /** What the reader's own level pays, adds and earns. */
    own: ['earnings'],
    /** What only the reseller sees, with the whole chain. */
    figures: ['earnings', 'earnings.net', 'earnings.platformFee', 'earnings.margin', 'earnings.chain'],
  },
  Offer: { figures: ['own'] },
  Quote: { figures: ['own'] },
  User: { rights: ['permissionSetId'] },
} as const satisfies Partial<Record<Subject, Record<string, readonly string[]>>>;

const TABLE: Partial<Record<Subject, Record<string, readonly string[]>>> = GUARDED;

/** The guarded parts of a subject, each once. */
export const guardedNames = (type: Subject): readonly string[] => [...new Set(Object.values(TABLE[type] ?? {}).flat())];
