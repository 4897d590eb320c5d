import type { Actor } from '../kernel/http/actor.ts';
import { inScopes } from './api-scopes.ts';
import type { Action, Subject } from './vocabulary.ts';

/** What decides who may do what. An operator who acts as somebody looks at it and changes nothing. */
const RIGHTS_AND_KEYS: ReadonlySet<Subject> = new Set([
  // An approval invites an administrator.
  'AgencyApplication',
  'ApiClient',
  'IdentityProvider',
  'Invitation',
  'PermissionSet',
  'SigningKey',
  'User',
]);

const LOOKING: ReadonlySet<Action> = new Set(['read', 'see']);

type Allows = (action: Action, on: Subject) => boolean;

/** What moves money. */
const MONEY: ReadonlySet<Subject> = new Set([
  'Commission',
  'Invoice',
  'Ledger',
  'Payment',
  'PayoutAccount',
  'Settlement',
  'Wallet',
]);
/** An operator neither pays nor sets what may be spent; who books, pays. */
const leavesMoney: Allows = (action, on) =>
  LOOKING.has(action) || !(MONEY.has(on) || (on === 'Booking' && action === 'create'));

/**
 * What of its role's grants an actor keeps: a client of limited scopes those in scope, an operator acting as somebody those that do not
 * touch credentials and rights, somebody acting as a customer those that leave the customer's account as it is. Undefined: all of them.
 */
export function restrictionOf({ scopes, actingParty }: Actor): Allows | undefined {
  const checks: Allows[] = [];
  if (scopes) checks.push((action, on) => inScopes(scopes, action, on));
  if (actingParty?.kind === 'operator')
    checks.push((action, on) => LOOKING.has(action) || !RIGHTS_AND_KEYS.has(on), leavesMoney);
  if (actingParty) checks.push((action, on) => on !== 'Customer' || LOOKING.has(action));
  return checks.length === 0 ? undefined : (action, on) => checks.every((allows) => allows(action, on));
}
