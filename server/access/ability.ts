import { Ability, subject } from '@casl/ability';
import { LRUCache } from 'lru-cache';
import type { Actor } from '../kernel/http/actor.ts';
import { matchConditions } from './conditions.ts';
import { GUARDED } from './guarded.ts';
import { isPermission, PERMISSIONS } from './permissions.ts';
import { restrictionOf } from './restrictions.ts';
import {
  ACTIONS,
  PLATFORM_SUBJECTS,
  TENANT_SUBJECTS,
  type Action,
  type AppAbility,
  type AppRule,
  type Grant,
  type Subject,
} from './vocabulary.ts';

const grantVisitor = (can: Grant): void => {
  can(['read', 'create'], ['Offer', 'Quote']);
  can('create', ['Booking', 'Payment']);
};

/**
 * Rights of each role, readable on one screen; whoever has none of these has the visitor's. Only grants, never prohibitions: list and
 * look-up then cannot disagree. What is guarded (figures, personal data; see guarded.ts) must be granted by name.
 */
const RIGHTS: Record<string, (can: Grant, actor: Actor) => void> = {
  customer: (can, actor) => {
    grantVisitor(can);
    // A colleague who acts as a customer sees of the account what belongs to the customer's own agency, which is the colleague's to see.
    const own = { customerId: actor.id, ...(actor.actingParty?.standing ? { agencyId: actor.agencyId } : {}) };
    can(['read', 'cancel'], 'Booking', own);
    can('see', 'Booking', own, GUARDED.Booking.personal);
    can('read', 'Invoice', own);
    can('read', 'Customer', { id: actor.id });
  },
  agent: (can, actor) => {
    const own = { agencyId: actor.agencyId };
    grantVisitor(can);
    can('see', ['Offer', 'Quote'], { sellerAgencyId: actor.agencyId }, GUARDED.Offer.figures);
    can(['read', 'cancel'], 'Booking', own);
    can('see', 'Booking', own, [...GUARDED.Booking.personal, ...GUARDED.Booking.own]);
    can(['read', 'create', 'delete'], 'PaymentLink', own);
    can(['read', 'create', 'update', 'act'], 'Customer', own);
    can('read', ['Wallet', 'Invoice', 'Commission'], own);
    can('read', 'Agency', { id: actor.agencyId });
  },
  agency_admin: (can, actor) => {
    const own = { agencyId: actor.agencyId };
    const subtree = { agencyPath: { startsWith: actor.agencyPath } };
    grantVisitor(can);
    can('see', ['Offer', 'Quote'], { sellerAgencyId: actor.agencyId }, GUARDED.Offer.figures);
    can(['read', 'cancel'], 'Booking', subtree);
    can('see', 'Booking', subtree, [...GUARDED.Booking.personal, ...GUARDED.Booking.own]);
    can(['read', 'create', 'delete'], 'PaymentLink', subtree);
    can(['read', 'create', 'update', 'approve'], 'Agency', { path: { startsWith: actor.agencyPath } });
    can(['read', 'update', 'approve'], 'AgencyApplication', subtree);
    can(['read', 'create', 'update', 'delete'], ['User', 'Invitation', 'Brand', 'Customer'], subtree);
    can('act', 'Customer', subtree);
    can(['read', 'create', 'update', 'delete'], 'MarkupRule', { ownerAgencyId: actor.agencyId });
    can(['read', 'create', 'delete'], 'ApiClient', own);
    can('read', ['Wallet'], subtree);
    // Pays in; the balance moves only when the parent, or the payer's bank, says so.
    can('update', 'Wallet', own);
    can('adjust', 'Wallet', { parentAgencyId: actor.agencyId });
    can('read', ['Ledger', 'Commission', 'Invoice', 'Settlement'], own);
    can('adjust', 'Invoice', own);
    can(['read', 'update'], 'PayoutAccount', own);
    can('read', 'AuditEntry', subtree);
  },
  reseller_staff: (can, actor) => {
    for (const name of actor.permissions ?? []) if (isPermission(name)) PERMISSIONS[name].grant(can);
  },
  reseller_admin: (can) => {
    can('manage', TENANT_SUBJECTS);
    can('see', 'Booking', undefined, [...GUARDED.Booking.personal, ...GUARDED.Booking.figures]);
    can('see', ['Offer', 'Quote'], { sellerAgencyId: null }, GUARDED.Offer.figures);
    can('set', 'User', undefined, GUARDED.User.rights);
  },
  /** Of the platform: nothing inside a tenant. Into a tenant leads only impersonation, as one of its people. */
  operator: (can) => can('manage', PLATFORM_SUBJECTS),
};

/** An agency's person without an agency would match whatever belongs to none. */
const NEEDS_AGENCY: ReadonlySet<string> = new Set(['agent', 'agency_admin']);

function grantsOf(actor: Actor): (can: Grant, actor: Actor) => void {
  const { role } = actor;
  if (role === null || (NEEDS_AGENCY.has(role) && actor.agencyId === null)) return grantVisitor;
  return RIGHTS[role] ?? grantVisitor;
}

const each = <T extends string>(one: T | readonly T[]): readonly T[] => [one].flat() as readonly T[];
const spellOut = (action: Action | readonly Action[]): readonly Action[] =>
  each(action).flatMap((one) => (one === 'manage' ? ACTIONS.filter((name) => name !== 'manage') : [one]));

function rulesFor(actor: Actor): AppRule[] {
  const rules: AppRule[] = [];
  const restriction = restrictionOf(actor);
  const standing = standingOf(actor);
  const allows =
    restriction &&
    ((...right: Right) => restriction(right[0], right[1]) && (standing === undefined || hasRight(standing, right)));
  const add = (action: readonly Action[], on: readonly Subject[], rest: Pick<AppRule, 'conditions' | 'fields'>) =>
    rules.push({ action: [...action], subject: [...on], ...rest });
  grantsOf(actor)((action, on, conditions, fields) => {
    const rest = { ...(conditions ? { conditions } : {}), ...(fields ? { fields: [...fields] } : {}) };
    if (!allows) return void add(each(action), each(on), rest);
    for (const one of each(on)) {
      const kept = spellOut(action).filter((name) => allows(name, one, fields));
      if (kept.length > 0) add(kept, [one], rest);
    }
  }, actor);
  return rules;
}

type Right = [action: Action, on: Subject, fields: readonly string[] | undefined];

/** Whether an ability has a kind of right at all, over whichever objects. */
const hasRight = (ability: AppAbility, [action, on, fields]: Right): boolean => {
  const rules = ability.rulesFor(action, on);
  return fields
    ? fields.every((field) => rules.some((rule) => rule.fields?.includes(field)))
    : rules.some((rule) => !rule.fields);
};

/** What a colleague who acts as a customer may do itself. */
function standingOf({ actingParty }: Actor): AppAbility | undefined {
  return (
    actingParty?.standing && abilityFor({ ...actingParty.standing, kind: 'user', id: null, name: '', email: null })
  );
}

/** All that rules are made of: two actors of one key have one ability, in whichever tenant they are. */
function keyOf({ id, role, agencyId, agencyPath, permissions, scopes, actingParty }: Actor): string {
  const who = role === 'customer' ? id : null;
  const acting = actingParty && [actingParty.kind, actingParty.standing];
  return JSON.stringify([role, who, agencyId, agencyPath, permissions, scopes, acting]);
}

/** Abilities by key, and by the actor itself, which lives as long as its request. */
const byKey = new LRUCache<string, AppAbility>({ max: 5000 });
const byActor = new WeakMap<Actor, AppAbility>();

/**
 * The ability of an actor within its tenant (the tenant itself is the schema, not a condition). An actor without a known role has
 * the rights of an anonymous visitor.
 */
export function abilityFor(actor: Actor): AppAbility {
  const known = byActor.get(actor);
  if (known) return known;
  const key = keyOf(actor);
  const ability = byKey.get(key) ?? buildAbility(actor);
  byKey.set(key, ability);
  byActor.set(actor, ability);
  return ability;
}

/** The same, made anew. */
export function buildAbility(actor: Actor): AppAbility {
  return new Ability(rulesFor(actor), {
    conditionsMatcher: matchConditions,
    fieldMatcher: (fields) => (field) => (fields as readonly string[]).includes(field),
  });
}

/** Names the type of a plain object for `ability.can(action, as('Booking', booking))`. */
export function as(type: Subject, object: object): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...object };
  return subject(type, plain);
}
