import { describe, expect, it } from 'vitest';
import { invitationOf, mayChange } from './invitation.ts';

describe('an invitation of the reseller', () => {
  it('gives staff the chosen permission set', () => {
    expect(invitationOf({ email: ' ana@example.test ', role: 'reseller_staff', permissionSetId: 's1' })).toEqual({
      email: 'ana@example.test',
      role: 'reseller_staff',
      permissionSetId: 's1',
    });
  });

  it('sends no set when none was chosen', () => {
    const { permissionSetId } = invitationOf({ email: 'a@b.test', role: 'reseller_staff', permissionSetId: '' });
    expect(permissionSetId).toBeNull();
  });

  it('forgets the set of somebody who becomes an administrator after all', () => {
    const { permissionSetId } = invitationOf({ email: 'a@b.test', role: 'reseller_admin', permissionSetId: 's1' });
    expect(permissionSetId).toBeNull();
  });
});

describe('actions on a person', () => {
  it('are offered neither on oneself nor, to staff, on an administrator', () => {
    const staff = { id: 'me', role: 'reseller_staff' };
    expect(mayChange({ id: 'me', role: 'reseller_staff' }, staff)).toBe(false);
    expect(mayChange({ id: 'boss', role: 'reseller_admin' }, staff)).toBe(false);
    expect(mayChange({ id: 'other', role: 'reseller_staff' }, staff)).toBe(true);
    expect(mayChange({ id: 'boss', role: 'reseller_admin' }, { id: 'me', role: 'reseller_admin' })).toBe(true);
  });
});
