import type { UserRole } from '../user.ts';
import type { Tokens } from './relying-party.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** For whom a session acts beside its own person, and until when (milliseconds since the epoch). */
export interface ActingFor {
  readonly userId: string;
  readonly reason: string | null;
  readonly until: number;
  /**
   * CSRF token while it acts. Neither that of before nor that of after: a page of one state cannot change anything in another, also
   * when acting ends by itself.
   */
  readonly csrfToken: string;
}

/** How long acting as a customer lasts: one call or visit, and not a desk that was left. */
export const ACTING_LIMITS: SessionLimits = { idleSeconds: 15 * 60, absoluteSeconds: HOUR };

/** What a session is made of when it starts. */
export interface SessionStart {
  readonly userId: string;
  readonly brandId: string;
  /** In which further agency the person works in this session; null or absent: in that of the account. */
  readonly membershipId?: string | null;
  readonly tokens: Tokens;
  /** When the person last proved who it is (`auth_time` of the ID token), milliseconds since the epoch. */
  readonly authenticatedAt: number;
  /** By which methods (`amr` of the ID token, RFC 8176). */
  readonly methods: readonly string[];
  /** Issuer of the ID token, and its own session (`sid`): by these a back-channel logout finds this session. */
  readonly issuer: string;
  readonly issuerSessionId: string | null;
  readonly ip: string;
  readonly userAgent: string;
  readonly limits: SessionLimits;
  /** Set when an operator of the platform sits before it and not its person. */
  readonly operator?: { readonly impersonationId: string; readonly name: string; readonly reason: string };
}

/** A browser's session at one brand. Tokens never reach the browser. Times are milliseconds since the epoch. */
export interface PortalSession extends SessionStart {
  /** Digest of the cookie's value: the value itself is stored nowhere. */
  readonly key: string;
  /** Public name of the session, for lists of devices; opens nothing. */
  readonly id: string;
  readonly csrfToken: string;
  readonly startedAt: number;
  /** Written at most once a minute. */
  readonly lastSeenAt: number;
  readonly actingFor?: ActingFor;
}

/** A session as its person may see it: without its tokens and without what opens it. */
export type SessionView = Omit<PortalSession, 'key' | 'tokens' | 'csrfToken' | 'limits' | 'actingFor'>;

export interface SessionLimits {
  /** Ends after this long without a request. */
  readonly idleSeconds: number;
  /** Ends this long after the person proved who it is, whatever happens. */
  readonly absoluteSeconds: number;
}

/**
 * People who work with other people's bookings and money prove themselves once a day; customers, who come back seldom and see only
 * their own, once in thirty days (NIST SP 800-63B-4, sections 2.1.3 and 2.2.3; OWASP ASVS 7.3).
 */
export const sessionLimits = (role: UserRole): SessionLimits =>
  role === 'customer'
    ? { idleSeconds: 14 * DAY, absoluteSeconds: 30 * DAY }
    : { idleSeconds: 8 * HOUR, absoluteSeconds: DAY };

/** When a session ends at the latest. */
export const endsAt = (session: Pick<SessionStart, 'authenticatedAt' | 'limits'>): number =>
  session.authenticatedAt + session.limits.absoluteSeconds * 1000;

/** The token that a change must come with now. */
export const csrfTokenOf = (session: Pick<PortalSession, 'csrfToken' | 'actingFor'>): string =>
  session.actingFor?.csrfToken ?? session.csrfToken;

export const toSessionView = ({
  key: _key,
  tokens: _tokens,
  csrfToken: _csrf,
  limits: _limits,
  actingFor: _actingFor,
  ...view
}: PortalSession): SessionView => view;
