/** Roles of a tenant's people and clients; `operator` acts for the platform. */
export const ROLES = [
  'operator',
  'reseller_admin',
  'reseller_staff',
  'agency_admin',
  'agent',
  'customer',
  'api_client',
] as const;
export type Role = (typeof ROLES)[number];

/** How an actor proved who it is; only of people who signed in. Times are UTC. */
export interface Authentication {
  /** When the person last proved it (OpenID Connect `auth_time`). */
  readonly at: Date;
  /** By which methods (RFC 8176): `pwd`, `otp`, `hwk` (passkey), `mfa`, `fed` (the employer's sign-in). */
  readonly methods: readonly string[];
}

/** Who really acts, where somebody acts as another person (RFC 8693, `act`). The actor itself is the person acted for. */
export interface ActingParty {
  /** A colleague with the right to act for customers, or an operator of the platform. */
  readonly kind: 'user' | 'operator';
  /** User id within the tenant; null for operators. */
  readonly id: string | null;
  readonly name: string;
  /** Why; always given by operators. */
  readonly reason: string | null;
  /** What a colleague is itself: acting for a customer adds nothing to it. Absent for operators. */
  readonly standing?: Pick<Actor, 'role' | 'agencyId' | 'agencyPath' | 'permissions'>;
  /** When it ends by itself (UTC). */
  readonly until: Date;
}

/**
 * Who acts. `agencyPath` is the materialised path of the actor's agency (`/` for the reseller itself), so that "own subtree" is a
 * prefix; `agencyId` null means the reseller's own level.
 */
export interface Actor {
  readonly kind: 'anonymous' | 'user' | 'client' | 'system';
  /** User id, or the API client's id; null for anonymous and system. */
  readonly id: string | null;
  readonly role: Role | null;
  readonly agencyId: string | null;
  readonly agencyPath: string;
  readonly name: string;
  readonly email: string | null;
  /** Whether the address was proven; only of users. */
  readonly emailVerified?: boolean;
  /** Set when a browser session authenticated the request: unsafe methods then need its CSRF token. */
  readonly csrfToken?: string;
  /** What an API client was allowed when it was made, as `resource:verb`; narrows its role. Absent: all of the role. */
  readonly scopes?: readonly string[];
  /** Rights of a `reseller_staff`, by name of the permission; of other roles absent. */
  readonly permissions?: readonly string[];
  /** Set when somebody acts as this actor. */
  readonly actingParty?: ActingParty;
  /** How the person behind a browser session signed in. */
  readonly authentication?: Authentication;
  /** Public id of the browser session, as in the person's list of sessions. */
  readonly sessionId?: string;
}

/** Whose act it is: of the colleague who acts for somebody, else of the actor. `id` is null where no account did it. */
export const doerOf = (actor: Actor): { id: string | null; name: string } =>
  actor.actingParty ?? { id: actor.kind === 'user' ? actor.id : null, name: actor.name };

export const anonymous: Actor = {
  kind: 'anonymous',
  id: null,
  role: null,
  agencyId: null,
  agencyPath: '/',
  name: '',
  email: null,
};
export const systemActor: Actor = {
  kind: 'system',
  id: null,
  role: null,
  agencyId: null,
  agencyPath: '/',
  name: 'Portolan',
  email: null,
};
