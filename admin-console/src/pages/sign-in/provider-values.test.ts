import { describe, expect, it } from 'vitest';
import { inputOf, valuesOf } from './provider-values.ts';

const filled = { ...valuesOf(null), name: ' Contoso ', issuer: 'https://login.contoso.com', clientId: 'portal' };

describe('the form of an identity provider', () => {
  it('sends lists by line, and agency and set only to the roles that have one', () => {
    const input = inputOf({
      ...filled,
      allowedHostedDomains: 'contoso.com\n contoso.es,',
      defaultRole: 'reseller_staff',
      defaultAgencyId: 'left over',
      mappings: [
        { group: ' desk ', role: 'reseller_staff', agencyId: 'left over', permissionSetId: 's1' },
        { group: 'shop', role: 'agent', agencyId: 'a1', permissionSetId: 'left over' },
      ],
    });
    expect(input).toMatchObject({
      name: 'Contoso',
      allowedHostedDomains: ['contoso.com', 'contoso.es'],
      defaultAgencyId: null,
      mappings: [
        { group: 'desk', role: 'reseller_staff', agencyId: null, permissionSetId: 's1' },
        { group: 'shop', role: 'agent', agencyId: 'a1', permissionSetId: null },
      ],
    });
  });

  it('takes the product’s usual claim where groups are mapped and none is named', () => {
    expect(inputOf(filled).groupClaim).toBeNull();
    const mappings = [{ group: 'desk', role: 'reseller_staff' as const, agencyId: '', permissionSetId: '' }];
    expect(inputOf({ ...filled, mappings }).groupClaim).toBe('groups');
    expect(inputOf({ ...filled, mappings, groupClaim: 'roles' }).groupClaim).toBe('roles');
  });
});
