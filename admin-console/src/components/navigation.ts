import type { RouteLocationRaw } from 'vue-router';

export type NavItem = {
  key: string;
  to: RouteLocationRaw;
  icon: string;
  can?: [string, string];
  /** Only for people of the reseller: an agency finds its own elsewhere, or has none. */
  reseller?: true;
  /** Only for people of an agency. */
  agency?: true;
};
export type NavGroup = { key: string; items: NavItem[] };

const GROUPS: readonly NavGroup[] = [
  {
    key: 'work',
    items: [
      { key: 'dashboard', to: { name: 'dashboard' }, icon: 'M3 3h6v8H3zM11 3h6v5h-6zM11 10h6v7h-6zM3 13h6v4H3z' },
      {
        key: 'bookings',
        to: { name: 'bookings' },
        icon: 'M4 3h12v14l-3-2-3 2-3-2-3 2zM7 7h6M7 10h6',
        can: ['read', 'Booking'],
      },
      {
        key: 'customers',
        to: { name: 'customers' },
        icon: 'M7 3a3 3 0 100 6 3 3 0 000-6zM2 16c0-3 2-5 5-5s5 2 5 5M13 4a3 3 0 010 5M14 11c2 0 4 2 4 5',
        can: ['read', 'Customer'],
      },
      {
        key: 'agencies',
        to: { name: 'agencies' },
        icon: 'M10 3v4M10 7H5v3M10 7h5v3M3 10h4v4H3zM13 10h4v4h-4zM8 1h4v4H8z',
        can: ['read', 'Agency'],
      },
      {
        key: 'agency-applications',
        to: { name: 'agency-applications' },
        icon: 'M5 2h7l4 4v12H5zM12 2v4h4M8 11l2 2 3-4',
        can: ['read', 'AgencyApplication'],
      },
    ],
  },
  {
    key: 'pricing',
    items: [
      {
        key: 'rules',
        to: { name: 'rules' },
        icon: 'M3 5h8M15 5h2M3 10h2M9 10h8M3 15h8M15 15h2M11 3v4M5 8v4M11 13v4',
        can: ['read', 'MarkupRule'],
      },
      {
        key: 'preview',
        to: { name: 'preview' },
        icon: 'M3 17V9h3v8zM9 17V5h3v12zM15 17v-5h2v5z',
        can: ['read', 'MarkupRule'],
      },
      {
        key: 'tiers',
        to: { name: 'tiers' },
        icon: 'M10 2l8 4-8 4-8-4zM2 10l8 4 8-4M2 14l8 4 8-4',
        can: ['update', 'Tier'],
      },
      {
        key: 'promos',
        to: { name: 'promos' },
        icon: 'M3 10l7-7h7v7l-7 7zM14 6h.01',
        can: ['read', 'MarkupRule'],
      },
      {
        key: 'exchange',
        to: { name: 'exchange' },
        icon: 'M3 7h12l-3-3M17 13H5l3 3',
        can: ['read', 'PricingSettings'],
      },
    ],
  },
  {
    key: 'money',
    items: [
      {
        key: 'ledger',
        to: { name: 'ledger' },
        icon: 'M10 3v14M4 6h12M4 6l-2 5h4zM16 6l-2 5h4zM6 17h8',
        can: ['read', 'Ledger'],
      },
      {
        key: 'journal',
        to: { name: 'journal' },
        icon: 'M4 3h11a1 1 0 011 1v13H5a1 1 0 01-1-1zM8 3v14M11 7h3M11 10h3',
        can: ['read', 'Ledger'],
      },
      {
        key: 'reconciliation',
        to: { name: 'reconciliation' },
        icon: 'M3 7h11M11 4l3 3-3 3M17 13H6M9 10l-3 3 3 3',
        can: ['read', 'Reconciliation'],
        reseller: true,
      },
      {
        key: 'commissions',
        to: { name: 'commissions' },
        icon: 'M5 15L15 5M6 4a2 2 0 100 4 2 2 0 000-4zM14 12a2 2 0 100 4 2 2 0 000-4z',
        can: ['read', 'Commission'],
      },
      {
        key: 'bonus-campaigns',
        to: { name: 'bonus-campaigns' },
        icon: 'M3 17l5-6 3 3 6-9M12 5h5v5',
        can: ['read', 'BonusCampaign'],
        reseller: true,
      },
      {
        key: 'bonuses',
        to: { name: 'bonuses' },
        icon: 'M3 17l5-6 3 3 6-9M12 5h5v5',
        can: ['read', 'Commission'],
        agency: true,
      },
      {
        key: 'settlements',
        to: { name: 'settlements' },
        icon: 'M3 4h14v12H3zM3 8h14M6 12h4M13 11l1.5 1.5L17 10',
        can: ['read', 'Settlement'],
      },
      {
        key: 'disputes',
        to: { name: 'disputes' },
        icon: 'M10 2l8 15H2zM10 8v4M10 14.5h.01',
        can: ['read', 'Payment'],
        reseller: true,
      },
      {
        key: 'payment-account',
        to: { name: 'payment-account' },
        icon: 'M2 5h16v11H2zM2 8h16M5 13h4',
        can: ['read', 'PayoutAccount'],
        reseller: true,
      },
      {
        key: 'wallets',
        to: { name: 'wallets' },
        icon: 'M3 6h13a1 1 0 011 1v9H4a1 1 0 01-1-1zM3 6l10-3v3M13 11h4',
        can: ['read', 'Wallet'],
      },
      {
        key: 'receivables',
        to: { name: 'receivables' },
        icon: 'M10 3a7 7 0 100 14 7 7 0 000-14zM10 6v4l3 2',
        can: ['read', 'Wallet'],
      },
      {
        key: 'invoices',
        to: { name: 'invoices' },
        icon: 'M5 2h7l4 4v12H5zM12 2v4h4M8 10h5M8 13h5',
        can: ['read', 'Invoice'],
      },
      {
        key: 'platform-invoices',
        to: { name: 'platform-invoices' },
        icon: 'M4 3h12v14l-3-2-3 2-3-2-3 2zM7 7h6M7 10h6',
        can: ['read', 'PlatformInvoice'],
        reseller: true,
      },
    ],
  },
  {
    key: 'settings',
    items: [
      {
        key: 'brand',
        to: { name: 'brand' },
        icon: 'M10 2a8 8 0 100 16c2 0 1-2 1-3s1-2 2-2h3c1 0 2-1 2-3 0-5-4-8-8-8zM6 9h.01M9 6h.01M13 7h.01',
        can: ['update', 'Brand'],
      },
      {
        key: 'pages',
        to: { name: 'pages' },
        icon: 'M5 2h7l3 3v13H5zM12 2v3h3M8 9h4M8 12h4',
        can: ['update', 'Brand'],
      },
      {
        key: 'people',
        to: { name: 'people' },
        icon: 'M7 3a3 3 0 100 6 3 3 0 000-6zM1 17c0-3 3-5 6-5s6 2 6 5M13 4a3 3 0 010 5M15 12c2 1 4 2 4 5',
        can: ['read', 'User'],
        reseller: true,
      },
      {
        key: 'permission-sets',
        to: { name: 'permission-sets' },
        icon: 'M10 2l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V5zM7 10l2 2 4-4',
        can: ['read', 'PermissionSet'],
        reseller: true,
      },
      {
        key: 'sign-in',
        to: { name: 'sign-in' },
        icon: 'M8 3h8v14H8M3 10h9M9 7l3 3-3 3',
        can: ['read', 'IdentityProvider'],
        reseller: true,
      },
      {
        key: 'api-clients',
        to: { name: 'api-clients' },
        icon: 'M7 7l-4 3 4 3M13 7l4 3-4 3M11 5l-2 10',
        can: ['read', 'ApiClient'],
      },
      {
        key: 'applications',
        to: { name: 'applications' },
        icon: 'M3 3h6v6H3zM11 3h6v6h-6zM3 11h6v6H3zM14 11v6M11 14h6',
        can: ['read', 'ApiClient'],
        reseller: true,
      },
      {
        key: 'audit',
        to: { name: 'audit' },
        icon: 'M5 2h10v16H5zM8 6h4M8 9h4M8 12h2M12 14l1.5 1.5L16 12',
        can: ['read', 'AuditEntry'],
      },
      { key: 'account', to: { name: 'account' }, icon: 'M10 3a3 3 0 100 6 3 3 0 000-6zM4 17c0-3 3-5 6-5s6 2 6 5' },
    ],
  },
];

/** What a person finds in the sidebar. An agent has one agency, so its list is that agency. */
export function navigationFor(can: (action: string, subject: string) => boolean, agencyId: string | null): NavGroup[] {
  const onlyOwn = agencyId !== null && !can('create', 'Agency');
  const own = (item: NavItem): NavItem =>
    item.key === 'agencies' && onlyOwn
      ? { ...item, key: 'ownAgency', to: { name: 'agency', params: { id: agencyId } } }
      : item;
  return GROUPS.map((group) => ({
    ...group,
    items: group.items
      .filter((item) => (!item.can || can(...item.can)) && (agencyId === null ? !item.agency : !item.reseller))
      .map(own),
  })).filter((group) => group.items.length > 0);
}
