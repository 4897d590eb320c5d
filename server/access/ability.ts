import { Ability, AbilityBuilder, subject, type RawRuleOf } from '@casl/ability';
import type { Actor } from '../kernel/http/actor.ts';
import { matchConditions, type Conditions } from './conditions.ts';

export const ACTIONS = ['create', 'read', 'update', 'delete', 'cancel', 'approve', 'adjust', 'manage'] as const;
export const SUBJECTS = [
  'Agency',
  'ApiClient',
  'AuditEntry',
  'Booking',
  'Brand',
  'Commission',
  'Customer',
  'File',
  'IdentityProvider',
  'Invitation',
  'Invoice',
  'Ledger',
  'MarkupRule',
  'Offer',
  'Page',
  'Payment',
  'PermissionSet',
  'Quote',
  'SigningKey',
  'Tier',
  'User',
  'Wallet',
  'all',
] as const;
export type Action = (typeof ACTIONS)[number];
export type Subject = (typeof SUBJECTS)[number];

export type AppAbility = Ability<[string, string | Record<string, unknown>], Conditions>;
export type AppRule = RawRuleOf<AppAbility>;

type Grant = (action: Action | Action[], on: Subject | Subject[], conditions?: Conditions) => void;

const grantVisitor = (can: Grant): void => {
  can(['read', 'create'], ['Offer', 'Quote']);
  can('create', ['Booking', 'Payment']);
};

/**
 * Rights of each role, readable on one screen; whoever has none of these has the visitor's. Only grants, never prohibitions: list and
 * look-up then cannot disagree.
 */
const RIGHTS: Record<string, (can: Grant, actor: Actor) => void> = {
  customer: (can, actor) => {
    can(['read', 'create'], ['Offer', 'Quote']);
    can('create', ['Booking', 'Payment']);
    can(['read', 'cancel'], 'Booking', { customerId: actor.id });
    can('read', 'Invoice', { customerId: actor.id });
    can('read', 'Customer', { id: actor.id });
  },
  agent: (can, actor) => {
    can(['read', 'create'], ['Offer', 'Quote']);
    can('create', ['Booking', 'Payment']);
    can(['read', 'cancel'], 'Booking', { agencyId: actor.agencyId });
    can('read', ['Wallet', 'Invoice', 'Commission'], { agencyId: actor.agencyId });
    can('read', 'Agency', { id: actor.agencyId });
    can(['read', 'create', 'update'], 'Customer', { agencyId: actor.agencyId });
  },
  agency_admin: (can, actor) => {
    const subtree = { agencyPath: { startsWith: actor.agencyPath } };
    can(['read', 'create'], ['Offer', 'Quote']);
    can('create', ['Booking', 'Payment']);
    can(['read', 'cancel'], 'Booking', subtree);
    can(['read', 'create', 'update', 'approve'], 'Agency', { path: { startsWith: actor.agencyPath } });
    can(['read', 'create', 'update', 'delete'], ['User', 'Invitation', 'Brand', 'Customer'], subtree);
    can(['read', 'create', 'update', 'delete'], 'MarkupRule', { ownerAgencyId: actor.agencyId });
    can(['read', 'create', 'delete'], 'ApiClient', { agencyId: actor.agencyId });
    can('read', ['Wallet'], subtree);
    can('adjust', 'Wallet', { parentAgencyId: actor.agencyId });
    can('read', ['Ledger', 'Commission', 'Invoice'], { agencyId: actor.agencyId });
    can('read', 'AuditEntry', subtree);
  },
  reseller_admin: (can) => can('manage', 'all'),
};

/**
 * The ability of an actor within its tenant (the tenant itself is the schema, not a condition). An actor without a known role has
 * the rights of an anonymous visitor.
 */
export function abilityFor(actor: Actor): AppAbility {
  const builder = new AbilityBuilder<AppAbility>(Ability);
  const grant: Grant = (action, on, conditions) => {
    builder.can(action, on, conditions);
  };
  const grantRole = (actor.role && RIGHTS[actor.role]) || grantVisitor;
  grantRole(grant, actor);
  return builder.build({ conditionsMatcher: matchConditions });
}

/** Names the type of a plain object for `ability.can(action, as('Booking', booking))`. */
export function as(type: Subject, object: object): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...object };
  return subject(type, plain);
}
