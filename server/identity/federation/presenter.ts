import { proofRecord } from './administer-providers.ts';
import type { IdentityProvider } from './provider.ts';

/** A provider without its secret. */
export const presentProvider = (provider: IdentityProvider, callbackUrl: string) => ({
  id: provider.id,
  name: provider.name,
  kind: provider.kind,
  issuer: provider.issuer,
  clientId: provider.clientId,
  allowedTenants: provider.allowedTenants,
  allowedHostedDomains: provider.allowedHostedDomains,
  showButton: provider.showButton,
  provisioning: provider.provisioning,
  defaultRole: provider.defaultRole,
  defaultAgencyId: provider.defaultAgencyId,
  groupClaim: provider.groupClaim,
  mappings: provider.mappings,
  enforced: provider.enforced,
  emergencyUserId: provider.emergencyUserId,
  state: provider.state,
  createdAt: provider.createdAt,
  callbackUrl,
  domains: provider.domains.map(({ domain, token, verifiedAt }) => ({
    domain,
    verifiedAt,
    record: proofRecord(domain, token),
  })),
});
