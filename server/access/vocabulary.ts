import type { Ability, RawRuleOf } from '@casl/ability';
import type { Conditions } from './conditions.ts';

/** `act`: on a customer, act as it. `see`, `set`: read, change a guarded part (guarded.ts). `manage`: all but these two. */
export const ACTIONS = [
  'create',
  'read',
  'update',
  'delete',
  'cancel',
  'approve',
  'adjust',
  'act',
  'see',
  'set',
  'manage',
] as const;

/** What a reseller's tenant holds. */
export const TENANT_SUBJECTS = [
  'Agency',
  'AgencyApplication',
  'ApiClient',
  'AuditEntry',
  'BonusCampaign',
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
  'PaymentLink',
  'PayoutAccount',
  'PermissionSet',
  'PlatformInvoice',
  'PricingSettings',
  'Quote',
  'Reconciliation',
  'Settlement',
  'SigningKey',
  'Tier',
  'User',
  'Wallet',
] as const;
/** What belongs to the platform: no role of a tenant reaches it. */
export const PLATFORM_SUBJECTS = ['Domain', 'Impersonation', 'Job', 'Migration', 'Tenant', 'Theme'] as const;
export const SUBJECTS = [...TENANT_SUBJECTS, ...PLATFORM_SUBJECTS] as const;

export type Action = (typeof ACTIONS)[number];
export type Subject = (typeof SUBJECTS)[number];

export type AppAbility = Ability<[string, string | Record<string, unknown>], Conditions>;
export type AppRule = RawRuleOf<AppAbility>;

/** Grants actions on subjects: on all of them, or on those the conditions describe; with fields, on guarded parts. */
export type Grant = (
  action: Action | readonly Action[],
  on: Subject | readonly Subject[],
  conditions?: Conditions,
  fields?: readonly string[],
) => void;
