import type { Role } from '../kernel/http/actor.ts';

export type UserRole = Exclude<Role, 'operator' | 'api_client'>;
export const STAFF_ROLES = ['reseller_admin', 'reseller_staff', 'agency_admin', 'agent'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** A person as rules see it. `agencyPath` is `/` at the reseller's own level. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly role: UserRole;
  readonly agencyId: string | null;
  readonly agencyPath: string;
  readonly agencyState: string | null;
  /** The membership a sign-in begins with; null: the account's own agency. */
  readonly defaultMembershipId: string | null;
  /** Only of `reseller_staff`: what it may do; null: nothing. */
  readonly permissionSetId: string | null;
  readonly permissions: readonly string[] | null;
  readonly state: 'active' | 'suspended';
  readonly locale: string;
  readonly emailVerifiedAt: Date | null;
  readonly createdAt: Date;
  /** Set once the person's data were erased. */
  readonly erasedAt: Date | null;
}

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;

const LOCK_AFTER_FAILURES = 8;
const FIRST_LOCK_MS = 5 * 60_000;
const LONGEST_LOCK_MS = 60 * 60_000;

/** Until when an account is locked after its nth wrong password in a row: from the eighth on, five minutes, doubled each time, an hour at most. */
export function lockedUntil(failures: number, now: Date): Date | null {
  if (failures < LOCK_AFTER_FAILURES) return null;
  const length = Math.min(FIRST_LOCK_MS * 2 ** Math.min(failures - LOCK_AFTER_FAILURES, 10), LONGEST_LOCK_MS);
  return new Date(now.getTime() + length);
}

/** The form in which addresses are stored and compared. */
export const normaliseEmail = (value: string): string => value.trim().toLowerCase();

/** Whether an account may be used at all; a suspended agency takes its people with it. */
export const isUsable = (user: Pick<User, 'state' | 'agencyState'>): boolean =>
  user.state === 'active' && user.agencyState !== 'suspended';

/**
 * On which storefronts a person may sign in: the reseller's own (its consoles serve everybody), that of the own agency; the
 * reseller's people on all. An agency's brand does not know another agency's customers.
 */
export function mayUseBrand(user: Pick<User, 'role' | 'agencyId'>, brand: { agencyId: string | null }): boolean {
  return (
    brand.agencyId === null ||
    user.agencyId === brand.agencyId ||
    user.role === 'reseller_admin' ||
    user.role === 'reseller_staff'
  );
}
