import { describe, expect, it } from 'vitest';
import { anonymous, type Actor } from '../kernel/http/actor.ts';
import { abilityFor, as } from './ability.ts';
import { API_SCOPES, scopesOfToken } from './api-scopes.ts';
import { coversRights } from './covers.ts';
import { checkFields, guardedFields } from './fields.ts';
import { PERMISSION_NAMES } from './permissions.ts';
import { uiRulesOf } from './ui-rules.ts';
import { ACTIONS, PLATFORM_SUBJECTS, SUBJECTS, TENANT_SUBJECTS } from './vocabulary.ts';

const actor = (role: Actor['role'], rest: Partial<Actor> = {}): Actor => ({
  ...anonymous,
  kind: 'user',
  id: 'me',
  role,
  ...rest,
});
const admin = actor('reseller_admin');
const agent = actor('agent', { agencyId: 'a1', agencyPath: '/a1/' });
const manager = actor('agency_admin', { agencyId: 'a1', agencyPath: '/a1/' });
const staff = (...permissions: string[]) => actor('reseller_staff', { permissions });
const reach = (who: Actor) =>
  SUBJECTS.flatMap((on) =>
    ACTIONS.filter((action) => abilityFor(who).can(action, on)).map((action) => `${action} ${on}`),
  );
const operatorActing = (who: Actor): Actor => ({
  ...who,
  actingParty: { kind: 'operator', id: null, name: 'op', reason: 'a ticket', until: new Date() },
});

describe('a colleague of the reseller', () => {
  it('may do nothing without a permission set, and nothing that a stored name no longer means', () => {
    expect(reach(staff())).toEqual([]);
    expect(reach(actor('reseller_staff'))).toEqual([]);
    expect(reach(staff('toString', 'gone.permission'))).toEqual([]);
  });

  it('gets from each permission less than the administrator has, and something', () => {
    const all = new Set(reach(admin));
    for (const name of PERMISSION_NAMES) {
      expect([name, reach(staff(name)).length > 0]).toEqual([name, true]);
      expect([name, reach(staff(name)).filter((right) => !all.has(right))]).toEqual([name, []]);
    }
  });

  it('sees a booking by a permission to see it, never by one that adds figures or personal data', () => {
    const booking = as('Booking', { agencyId: null });
    expect(abilityFor(staff('finance.read', 'bookings.personal_data')).can('read', booking)).toBe(false);
    expect([...guardedFields(staff('bookings.read'), 'see', 'Booking', {})]).toEqual([]);
    expect(guardedFields(staff('bookings.read', 'finance.read'), 'see', 'Booking', {}).has('earnings.net')).toBe(true);
  });

  it('cannot touch an administrator', () => {
    const ability = abilityFor(staff('people.manage'));
    expect(ability.can('update', as('User', { role: 'reseller_staff' }))).toBe(true);
    expect(ability.can('update', as('User', { role: 'reseller_admin' }))).toBe(false);
  });
});

describe('an agency’s person', () => {
  it('without an agency has a visitor’s rights, not those of whatever belongs to no agency', () => {
    expect(reach(actor('agency_admin'))).toEqual(reach(anonymous));
    expect(reach(actor('agent'))).toEqual(reach(anonymous));
  });

  it('sees the own level’s figures and none of the chain above', () => {
    const below = { agencyId: 'a2', agencyPath: '/a1/a2/' };
    expect(guardedFields(manager, 'see', 'Booking', below).has('earnings')).toBe(true);
    for (const field of ['earnings.net', 'earnings.chain', 'earnings.margin', 'earnings.platformFee'])
      expect(guardedFields(manager, 'see', 'Booking', below).has(field)).toBe(false);
    expect(guardedFields(agent, 'see', 'Booking', below).size).toBe(0);
    expect(guardedFields(manager, 'see', 'Offer', { sellerAgencyId: 'a2' }).size).toBe(0);
  });

  it('may not give permission sets', () => {
    const colleague = { agencyId: 'a1', agencyPath: '/a1/', role: 'agent' };
    expect(() => checkFields(manager, 'User', colleague, { state: 'active' })).not.toThrow();
    expect(() => checkFields(manager, 'User', colleague, { permissionSetId: 'x' })).toThrow(/permissionSetId/);
  });
});

describe('no role of a tenant', () => {
  it('reaches the platform, and an operator reaches no tenant', () => {
    for (const who of [admin, agent, manager, actor('customer'), staff(...PERMISSION_NAMES)])
      expect(PLATFORM_SUBJECTS.filter((on) => ACTIONS.some((action) => abilityFor(who).can(action, on)))).toEqual([]);
    const operator = abilityFor(actor('operator'));
    expect(TENANT_SUBJECTS.filter((on) => ACTIONS.some((action) => operator.can(action, on)))).toEqual([]);
  });
});

describe('scopes', () => {
  const client = (...scopes: string[]): Actor => ({ ...admin, kind: 'client', scopes });

  it('narrow a client to what they name, and never widen it', () => {
    expect(reach(client('bookings:read'))).toEqual([
      'read Booking',
      'see Booking',
      'read Payment',
      'see Payment',
      'read PaymentLink',
      'see PaymentLink',
    ]);
    expect(reach({ ...agent, scopes: ['pricing:write'] })).toEqual([]);
    expect(reach(client())).toEqual([]);
    for (const scope of API_SCOPES.keys()) expect(reach(client(scope)).length).toBeGreaterThan(0);
  });

  it('make no credentials, whatever the role', () => {
    const all = abilityFor(client(...API_SCOPES.keys()));
    for (const on of ['ApiClient', 'PermissionSet', 'IdentityProvider', 'SigningKey'])
      expect(ACTIONS.some((action) => all.can(action, on))).toBe(false);
  });

  it('of a token take away from the account’s and add nothing', () => {
    expect(scopesOfToken(null, 'api')).toBeUndefined();
    expect(scopesOfToken(null, 'bookings:read')).toEqual(['bookings:read']);
    expect(scopesOfToken(['search'], undefined)).toEqual(['search']);
    expect(scopesOfToken(['search'], 'bookings:read search')).toEqual(['search']);
    expect(scopesOfToken(['search'], 'bookings:read')).toEqual([]);
  });
});

describe('an operator who acts as somebody', () => {
  it('I28: keeps the rights but those on people, credentials and rights', () => {
    const ability = abilityFor(operatorActing(admin));
    expect(ability.can('cancel', 'Booking')).toBe(true);
    for (const on of ['User', 'ApiClient', 'PermissionSet', 'IdentityProvider', 'SigningKey', 'Invitation']) {
      expect(ability.can('read', on)).toBe(true);
      for (const action of ['create', 'update', 'delete', 'set'])
        expect([on, action, ability.can(action, on)]).toEqual([on, action, false]);
    }
    expect(abilityFor(admin).can('update', 'User')).toBe(true);
  });
});

describe('giving rights', () => {
  const set = (...permissions: string[]) => ({
    role: 'reseller_staff' as const,
    agencyId: null,
    agencyPath: '/',
    permissions,
  });
  const role = (name: 'reseller_admin' | 'agency_admin' | 'agent') => ({ role: name, agencyId: null, agencyPath: '/' });

  it('is for who has them', () => {
    expect(coversRights(admin, set(...PERMISSION_NAMES))).toBe(true);
    expect(coversRights(staff('bookings.read', 'people.manage'), set('bookings.read'))).toBe(true);
    expect(coversRights(staff('people.manage'), set('bookings.read'))).toBe(false);
    expect(coversRights(staff('bookings.read', 'people.manage'), set('bookings.personal_data'))).toBe(false);
    expect(coversRights(staff(...PERMISSION_NAMES), role('reseller_admin'))).toBe(false);
    expect(coversRights(manager, { role: 'agent', agencyId: 'a1', agencyPath: '/a1/' })).toBe(true);
    expect(coversRights(manager, { role: 'agency_admin', agencyId: 'a1', agencyPath: '/a1/' })).toBe(true);
    expect(coversRights(staff('people.manage'), { role: 'agency_admin', agencyId: 'a1', agencyPath: '/a1/' })).toBe(
      false,
    );
  });
});

describe('what the portals are told', () => {
  it('names actions and subjects, and no condition, agency or guarded part', () => {
    const text = JSON.stringify(uiRulesOf(manager));
    expect(text).toContain('Agency');
    for (const secret of ['a1', 'agencyPath', 'earnings', 'startsWith', 'see']) expect(text).not.toContain(secret);
    expect(text.length).toBeLessThan(600);
  });
});
