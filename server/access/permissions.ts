import { GUARDED } from './guarded.ts';
import type { Grant } from './vocabulary.ts';

/** Whom a colleague of the reseller may change: never an administrator, who could do more than he. */
const BELOW_ADMIN = { role: { in: ['reseller_staff', 'agency_admin', 'agent', 'customer'] } };

interface Permission {
  readonly group: 'sales' | 'network' | 'pricing' | 'money' | 'people' | 'settings' | 'security';
  readonly says: string;
  readonly grant: (can: Grant) => void;
}

/**
 * What a permission set is made of. A colleague of the reseller (`reseller_staff`) has exactly the rights of the permissions in its set,
 * over the whole network; without a set, none. Names are stable: they are stored.
 */
export const PERMISSIONS = {
  'bookings.read': {
    group: 'sales',
    says: 'see bookings and their documents, without contact details and without figures',
    grant: (can) => can('read', 'Booking'),
  },
  'bookings.personal_data': {
    group: 'sales',
    says: "see travellers' contact details and dates of birth in the bookings one sees",
    grant: (can) => can('see', 'Booking', undefined, GUARDED.Booking.personal),
  },
  'bookings.create': {
    group: 'sales',
    says: 'search, quote and book, and send payment links',
    grant: (can) => {
      can(['read', 'create'], ['Offer', 'Quote']);
      can('create', ['Booking', 'Payment']);
      can(['read', 'create', 'delete'], 'PaymentLink');
    },
  },
  'bookings.cancel': {
    group: 'sales',
    says: 'cancel and refund bookings',
    grant: (can) => can(['read', 'cancel'], 'Booking'),
  },
  'customers.read': {
    group: 'sales',
    says: 'see customers',
    grant: (can) => can('read', 'Customer'),
  },
  'customers.manage': {
    group: 'sales',
    says: "change customers, export and erase a customer's data",
    grant: (can) => can(['read', 'create', 'update', 'delete'], 'Customer'),
  },
  'customers.act': {
    group: 'sales',
    says: 'book as a customer, within what the other permissions allow',
    grant: (can) => can(['read', 'act'], 'Customer'),
  },
  'agencies.read': {
    group: 'network',
    says: 'see the agencies and their brands',
    grant: (can) => can('read', ['Agency', 'Brand']),
  },
  'agencies.manage': {
    group: 'network',
    says: 'add, change, approve and suspend agencies, and set their tier',
    grant: (can) => {
      can(['read', 'create', 'update', 'approve'], 'Agency');
      can('read', 'Brand');
    },
  },
  'applications.review': {
    group: 'network',
    says: 'review applications of agencies with their papers and bank accounts; an approval adds the agency and invites its administrator',
    grant: (can) => can(['read', 'update', 'approve'], 'AgencyApplication'),
  },
  'pricing.read': {
    group: 'pricing',
    says: 'see markup rules, promo codes, tiers, the margin guard, exchange rates and previews of prices',
    grant: (can) => can('read', ['MarkupRule', 'PricingSettings', 'Tier']),
  },
  'pricing.edit': {
    group: 'pricing',
    says: 'change markup rules, promo codes, tiers, the margin guard and exchange rates',
    grant: (can) => {
      can(['read', 'create', 'update', 'delete'], 'MarkupRule');
      can(['read', 'update'], ['PricingSettings', 'Tier']);
    },
  },
  'finance.read': {
    group: 'money',
    says: 'see ledger, invoices, commissions, bonus campaigns, statements, payouts, wallets, and what was earned on a booking',
    grant: (can) => {
      can('read', [
        'PlatformInvoice',
        'Ledger',
        'Invoice',
        'Commission',
        'BonusCampaign',
        'Wallet',
        'Payment',
        'Settlement',
        'PayoutAccount',
        'Reconciliation',
      ]);
      can('see', 'Booking', undefined, GUARDED.Booking.figures);
      can('see', ['Offer', 'Quote'], { sellerAgencyId: null }, GUARDED.Offer.figures);
    },
  },
  'wallets.adjust': {
    group: 'money',
    says: 'top up and adjust wallets, confirm transfers, and set credit limits',
    grant: (can) => can(['read', 'update', 'adjust'], 'Wallet'),
  },
  'earnings.adjust': {
    group: 'money',
    says: 'correct what agencies earned; above the limit a second person approves',
    grant: (can) => can(['read', 'adjust'], 'Commission'),
  },
  'bonuses.manage': {
    group: 'money',
    says: 'make, change and close bonus campaigns, and see how far agencies are',
    grant: (can) => {
      can(['read', 'create', 'update'], 'BonusCampaign');
      can('read', 'Agency');
    },
  },
  'settlements.manage': {
    group: 'money',
    says: 'close statements, set terms and payout accounts, make payout files, mark payouts as paid or returned',
    grant: (can) => {
      can(['read', 'create', 'update'], 'Settlement');
      can(['read', 'update'], 'PayoutAccount');
    },
  },
  'settlements.approve': {
    group: 'money',
    says: 'approve statements for payment, and corrections of earnings that somebody else made',
    grant: (can) => can(['read', 'approve'], ['Settlement', 'Commission']),
  },
  'invoices.manage': {
    group: 'money',
    says: 'correct invoices by credit notes, and keep VeriFactu records',
    grant: (can) => can(['read', 'adjust'], 'Invoice'),
  },
  'disputes.manage': {
    group: 'money',
    says: 'see disputes of card payments with what is known of the booking, and answer the bank',
    grant: (can) => can(['read', 'update'], 'Payment'),
  },
  'ledger.close': {
    group: 'money',
    says: 'close months of the ledger and open the last one again',
    grant: (can) => can(['read', 'update'], 'Ledger'),
  },
  'reconciliation.settle': {
    group: 'money',
    says: 'compare days with the payment service and suppliers, and settle what does not match; above the limit a second person accepts',
    grant: (can) => can(['read', 'update'], 'Reconciliation'),
  },
  'people.read': {
    group: 'people',
    says: 'see the people of the network and open invitations',
    grant: (can) => can('read', ['User', 'Invitation', 'PermissionSet']),
  },
  'people.manage': {
    group: 'people',
    says: 'invite people, suspend them and give them permission sets; nobody gives what he does not have',
    grant: (can) => {
      can('read', ['User', 'Invitation', 'PermissionSet']);
      can('update', 'User', BELOW_ADMIN);
      can('set', 'User', BELOW_ADMIN, GUARDED.User.rights);
      can(['create', 'update', 'delete'], 'Invitation');
    },
  },
  'settings.edit': {
    group: 'settings',
    says: 'change brands, pages and files of the site',
    grant: (can) => can(['read', 'create', 'update', 'delete'], ['Brand', 'Page', 'File']),
  },
  'api_clients.manage': {
    group: 'security',
    says: 'make and revoke API clients; none may do more than who made it',
    grant: (can) => can(['read', 'create', 'delete'], 'ApiClient'),
  },
  'sign_in.manage': {
    group: 'security',
    says: 'connect the sign-in of a company, and decide who needs a second factor; nobody gives rights he does not have',
    grant: (can) => can(['read', 'create', 'update', 'delete'], 'IdentityProvider'),
  },
  'permissions.manage': {
    group: 'security',
    says: 'make and change permission sets out of the permissions one has',
    grant: (can) => can(['read', 'create', 'update', 'delete'], 'PermissionSet'),
  },
  'audit.read': {
    group: 'security',
    says: 'read the audit log',
    grant: (can) => can('read', 'AuditEntry'),
  },
} as const satisfies Record<string, Permission>;

export type PermissionName = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as [PermissionName, ...PermissionName[]];

/** Whether a stored name is a permission of this version; an older row may name one that is gone. */
export const isPermission = (name: string): name is PermissionName => Object.hasOwn(PERMISSIONS, name);
