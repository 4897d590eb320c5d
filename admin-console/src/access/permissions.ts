/** The permissions of the API, in the order and the groups in which people are shown them. Words: `permissions.names.*`. */
export const PERMISSION_GROUPS = [
  {
    key: 'sales',
    names: [
      'bookings.read',
      'bookings.personal_data',
      'bookings.create',
      'bookings.cancel',
      'customers.read',
      'customers.manage',
      'customers.act',
    ],
  },
  { key: 'network', names: ['agencies.read', 'agencies.manage', 'applications.review'] },
  { key: 'pricing', names: ['pricing.read', 'pricing.edit'] },
  {
    key: 'money',
    names: [
      'finance.read',
      'wallets.adjust',
      'earnings.adjust',
      'bonuses.manage',
      'settlements.manage',
      'settlements.approve',
      'invoices.manage',
      'disputes.manage',
      'ledger.close',
      'reconciliation.settle',
    ],
  },
  { key: 'people', names: ['people.read', 'people.manage'] },
  { key: 'settings', names: ['settings.edit'] },
  { key: 'security', names: ['api_clients.manage', 'sign_in.manage', 'permissions.manage', 'audit.read'] },
] as const;

/** What an API client may be limited to, by what it is about; `search` has neither reading nor writing. */
export const API_SCOPE_GROUPS = [
  { key: 'selling', names: ['search', 'bookings:read', 'bookings:write', 'customers:read', 'customers:write'] },
  {
    key: 'network',
    names: [
      'agencies:read',
      'agencies:write',
      'people:read',
      'people:write',
      'brands:read',
      'brands:write',
      'audit:read',
    ],
  },
  { key: 'money', names: ['pricing:read', 'pricing:write', 'wallets:read', 'wallets:write', 'finance:read'] },
] as const;
