import type {
  GroupMapping,
  IdentityProvider,
  ProviderInput,
  ProviderKind,
  StaffRole,
} from '../../api/identity-providers.ts';

/** What is known of a product before anybody types: `{…}` in an issuer is for the person to fill in. */
export const PRESETS: Readonly<Record<ProviderKind, { issuer: string; example: string; groupClaim: string }>> = {
  entra: {
    issuer: '',
    example: 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0',
    groupClaim: 'groups',
  },
  google: { issuer: 'https://accounts.google.com', example: 'https://accounts.google.com', groupClaim: '' },
  okta: { issuer: '', example: 'https://contoso.okta.com', groupClaim: 'groups' },
  oidc: { issuer: '', example: 'https://login.contoso.com', groupClaim: 'groups' },
};

export type MappingValues = { group: string; role: StaffRole; agencyId: string; permissionSetId: string };
export type ProviderValues = {
  name: string;
  kind: ProviderKind;
  issuer: string;
  clientId: string;
  clientSecret: string;
  allowedTenants: string;
  allowedHostedDomains: string;
  showButton: boolean;
  provisioning: boolean;
  defaultRole: StaffRole | '';
  defaultAgencyId: string;
  groupClaim: string;
  mappings: MappingValues[];
};

export const isOfAgency = (role: StaffRole | ''): boolean => role === 'agency_admin' || role === 'agent';
export const newMapping = (): MappingValues => ({
  group: '',
  role: 'reseller_staff',
  agencyId: '',
  permissionSetId: '',
});

const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

export const valuesOf = (provider: IdentityProvider | null): ProviderValues => ({
  name: provider?.name ?? '',
  kind: provider?.kind ?? 'entra',
  issuer: provider?.issuer ?? '',
  clientId: provider?.clientId ?? '',
  clientSecret: '',
  allowedTenants: (provider?.allowedTenants ?? []).join('\n'),
  allowedHostedDomains: (provider?.allowedHostedDomains ?? []).join('\n'),
  showButton: provider?.showButton ?? true,
  provisioning: provider?.provisioning ?? true,
  defaultRole: provider?.defaultRole ?? '',
  defaultAgencyId: provider?.defaultAgencyId ?? '',
  groupClaim: provider?.groupClaim ?? '',
  mappings: (provider?.mappings ?? []).map(({ group, role, agencyId, permissionSetId }) => ({
    group,
    role,
    agencyId: agencyId ?? '',
    permissionSetId: permissionSetId ?? '',
  })),
});

const mappingOf = ({ group, role, agencyId, permissionSetId }: MappingValues): GroupMapping => ({
  group: group.trim(),
  role,
  agencyId: isOfAgency(role) ? agencyId || null : null,
  permissionSetId: role === 'reseller_staff' ? permissionSetId || null : null,
});

/** The request of a filled-in form, without the secret. */
export const inputOf = (values: ProviderValues): ProviderInput => ({
  name: values.name.trim(),
  kind: values.kind,
  issuer: values.issuer.trim(),
  clientId: values.clientId.trim(),
  allowedTenants: wordsOf(values.allowedTenants),
  allowedHostedDomains: wordsOf(values.allowedHostedDomains),
  showButton: values.showButton,
  provisioning: values.provisioning,
  defaultRole: values.defaultRole || null,
  defaultAgencyId: isOfAgency(values.defaultRole) ? values.defaultAgencyId || null : null,
  groupClaim: values.groupClaim.trim() || (values.mappings.length > 0 ? PRESETS[values.kind].groupClaim || null : null),
  mappings: values.mappings.map(mappingOf),
});
