import type { Actor } from '../kernel/http/actor.ts';
import type { Action, Subject } from './vocabulary.ts';

/**
 * What an API client may be limited to: `<resource>:read` for looking, `<resource>:write` for everything else. A subject that is not
 * here (API clients, permission sets, sign-in, keys) is out of reach of a limited client: no program makes credentials.
 */
const RESOURCES: Record<string, { subjects: readonly Subject[]; write: boolean; says: string }> = {
  bookings: {
    subjects: ['Booking', 'Payment', 'PaymentLink'],
    write: true,
    says: 'bookings, their documents and payments',
  },
  customers: { subjects: ['Customer'], write: true, says: 'customers' },
  agencies: { subjects: ['Agency'], write: true, says: 'the agencies' },
  pricing: {
    subjects: ['MarkupRule', 'PricingSettings', 'Tier'],
    write: true,
    says: 'markup rules, tiers and the margin guard',
  },
  wallets: { subjects: ['Wallet'], write: true, says: 'wallets' },
  finance: {
    subjects: ['Ledger', 'BonusCampaign', 'Commission', 'Invoice', 'Settlement'],
    write: false,
    says: 'ledger, commissions, statements and invoices',
  },
  people: { subjects: ['User', 'Invitation'], write: true, says: 'people and invitations' },
  brands: { subjects: ['Brand', 'Page', 'File'], write: true, says: 'brands, pages and files' },
  audit: { subjects: ['AuditEntry'], write: false, says: 'the audit log' },
};
const LOOKING: ReadonlySet<string> = new Set(['read', 'see']);
/** Searching makes offers and quotes, so reading and writing are one scope. */
const SEARCHED: readonly Subject[] = ['Offer', 'Quote'];

/** Every scope with what it says, for the token endpoint, the console and the documents. */
export const API_SCOPES: ReadonlyMap<string, string> = new Map([
  ['search', 'search and quote'],
  ...Object.entries(RESOURCES).flatMap(([resource, { write, says }]): [string, string][] => [
    [`${resource}:read`, `read ${says}`],
    ...(write ? [[`${resource}:write`, `change ${says}`] as [string, string]] : []),
  ]),
]);

/** The scope that covers an action on a subject; undefined where none does. */
export function scopeOf(action: string, on: string): string | undefined {
  if ((SEARCHED as readonly string[]).includes(on)) return 'search';
  const found = Object.entries(RESOURCES).find(([, { subjects }]) => (subjects as readonly string[]).includes(on));
  if (!found) return undefined;
  const scope = `${found[0]}:${LOOKING.has(action) ? 'read' : 'write'}`;
  return API_SCOPES.has(scope) ? scope : undefined;
}

export const inScopes = (scopes: readonly string[], action: Action, on: Subject): boolean =>
  scopes.includes(scopeOf(action, on) ?? '');

/**
 * What a token leaves of an account's scopes: those it names, of those the account has. A token that names none of ours (only `api`, or
 * nothing) carries all of the account's. Undefined: not limited.
 * @param granted what the account was given when it was made; null when it was not limited
 * @param claim the token's `scope` (RFC 9068), space separated
 */
export function scopesOfToken(granted: readonly string[] | null, claim: unknown): Actor['scopes'] {
  const named = typeof claim === 'string' ? claim.split(' ').filter((scope) => API_SCOPES.has(scope)) : [];
  if (named.length === 0) return granted ?? undefined;
  return granted === null ? named : named.filter((scope) => granted.includes(scope));
}
