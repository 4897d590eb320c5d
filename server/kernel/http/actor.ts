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
}

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
