import type { z } from 'zod';
import type { Customer } from './read-customers.ts';
import type { CustomerView } from './schema.ts';

export const presentCustomer = (customer: Customer): z.infer<typeof CustomerView> => ({
  id: customer.id,
  email: customer.erasedAt ? null : customer.email,
  givenName: customer.givenName,
  familyName: customer.familyName,
  agency: customer.agencyId ? { id: customer.agencyId, name: customer.agencyName ?? '' } : null,
  state: customer.erasedAt ? 'erased' : customer.state,
  emailVerified: customer.emailVerifiedAt !== null,
  locale: customer.locale,
  bookings: customer.bookings,
  createdAt: customer.createdAt.toISOString(),
});
