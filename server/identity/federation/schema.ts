import { z } from 'zod';
import { Instant as instant, Uuid as id } from '../../kernel/http/wire.ts';
import { STAFF_ROLES } from '../user.ts';
import { PROVIDER_KINDS } from './provider.ts';

const role = z.enum(STAFF_ROLES);
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, {
    error: 'write a domain such as contoso.com',
  });

export const GroupMappingSchema = z
  .strictObject({
    group: z.string().trim().min(1).max(200).describe('Value of the claim: a name, or the id of a group'),
    role,
    agencyId: id.nullable().default(null),
    permissionSetId: id.nullable().default(null).describe('Only of `reseller_staff`; null: no rights'),
  })
  .openapi('GroupMapping');

const fields = {
  name: z.string().trim().min(2).max(60).describe('Shown as "Continue with …"'),
  kind: z.enum(PROVIDER_KINDS),
  issuer: z.url().max(300),
  clientId: z.string().trim().min(1).max(200),
  allowedTenants: z.array(z.uuid()).max(20).describe('Entra: directory ids (tid) whose people may come'),
  allowedHostedDomains: z.array(domain).max(20).describe('Google: Workspace domains (hd) whose people may come'),
  showButton: z.boolean(),
  provisioning: z.boolean().describe('Whether people of a proven domain without an account get one'),
  defaultRole: role.nullable(),
  defaultAgencyId: id.nullable(),
  groupClaim: z.string().trim().min(1).max(100).nullable(),
  mappings: z.array(GroupMappingSchema).max(100).describe('The first that fits decides, at every sign-in'),
  enforced: z.boolean().describe('Staff of the proven domains must sign in here'),
  emergencyUserId: id.nullable().describe('Administrator who keeps the password for the day the provider fails'),
  state: z.enum(['active', 'disabled']),
};
const clientSecret = z.string().min(1).max(500);

export const ProviderCreate = z
  .strictObject({
    ...fields,
    clientSecret,
    allowedTenants: fields.allowedTenants.default([]),
    allowedHostedDomains: fields.allowedHostedDomains.default([]),
    showButton: fields.showButton.default(true),
    provisioning: fields.provisioning.default(false),
    defaultRole: fields.defaultRole.default(null),
    defaultAgencyId: fields.defaultAgencyId.default(null),
    groupClaim: fields.groupClaim.default(null),
    mappings: fields.mappings.default([]),
    enforced: fields.enforced.default(false),
    emergencyUserId: fields.emergencyUserId.default(null),
    state: fields.state.default('active'),
  })
  .openapi('IdentityProviderCreate');
export const ProviderChange = z
  .strictObject({ ...fields, clientSecret })
  .partial()
  .openapi('IdentityProviderChange');

export const ProviderSchema = z
  .object({
    id,
    ...fields,
    createdAt: instant,
    callbackUrl: z.string().describe('Redirect URI to register at the provider'),
    domains: z.array(
      z.object({
        domain: z.string(),
        verifiedAt: instant.nullable(),
        record: z.object({ name: z.string(), value: z.string() }).describe('TXT record that proves the domain'),
      }),
    ),
  })
  .openapi('IdentityProvider');
export const ProviderList = z.object({ data: z.array(ProviderSchema) }).openapi('IdentityProviderList');

export const DomainAdd = z.strictObject({ domain }).openapi('IdentityProviderDomainAdd');
export const ByDomain = z.object({ id, domain });

export const ConnectionTest = z
  .object({
    ok: z.boolean(),
    checks: z.array(
      z.object({
        code: z.string(),
        outcome: z.enum(['ok', 'warning', 'failed']),
        detail: z.string().describe('What was found, and what to do'),
      }),
    ),
  })
  .openapi('IdentityProviderTest');
