import { sealedApplications } from '../agencies/index.ts';
import { sealedBookings } from '../bookings/index.ts';
import { sealedPeople } from '../identity/index.ts';
import { sealedInvoices } from '../invoicing/index.ts';
import type { SealedTable } from '../kernel/crypto/sealed-table.ts';
import { sealedNotifications } from '../notifications/index.ts';
import { sealedSettlement } from '../settlement/index.ts';
import { sealedWallets } from '../wallets/index.ts';

/** Every column of a tenant that is sealed with its data key. A test compares it with the comments of the schema. */
export const sealedTables: readonly SealedTable[] = [
  ...sealedPeople,
  ...sealedBookings,
  ...sealedInvoices,
  ...sealedNotifications,
  ...sealedSettlement,
  ...sealedApplications,
  ...sealedWallets,
];
