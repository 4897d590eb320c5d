import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

export type Customer = {
  id: string;
  /** Null once erased. */
  email: string | null;
  givenName: string;
  familyName: string;
  agency: { id: string; name: string } | null;
  state: 'active' | 'suspended' | 'erased';
  emailVerified: boolean;
  bookings: number;
  createdAt: string;
};

export const createCustomersApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Customer>>('/customers', query, signal),
  erase: (id: string, confirm: string) =>
    http.post<{ id: string }>(`/customers/${encodeURIComponent(id)}/erasure`, { confirm }),
  /** Turns this browser's session into one that acts as the customer; the answer says where the storefront is. */
  act: (id: string) => http.post<{ redirectTo: string }>('/me/acting', { customerId: id }),
  exportUrl: (id: string) => `/api/v1/customers/${encodeURIComponent(id)}/export`,
});
