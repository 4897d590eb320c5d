import type { PackedRules } from '../access/ability.ts';
import type { Http } from './http.ts';

export type Role = 'reseller_admin' | 'reseller_staff' | 'agency_admin' | 'agent' | 'customer';

export type SessionUser = {
  id: string;
  name: string;
  givenName: string;
  familyName: string;
  email: string;
  locale: string;
};

/** Who really sits before the session, where it is not its person. */
export type ActingParty = { kind: 'user' | 'operator'; name: string; reason: string | null; until: string };

export type SessionAnswer = {
  user: SessionUser | null;
  role: Role | null;
  agencyId: string | null;
  rules: PackedRules;
  emailVerified: boolean | null;
  /** The person works for several agencies. */
  canChangeAgency: boolean;
  csrfToken: string | null;
  actingParty: ActingParty | null;
  brand: {
    id: string;
    name: string;
    agencyId: string | null;
    locales: string[];
    defaultLocale: string;
    currency: string;
  };
};

export const createSessionApi = (http: Http) => ({
  read: () => http.outside<SessionAnswer>('GET', '/auth/session'),
  /** Ends acting as somebody. */
  stopActing: () => http.outside<{ redirectTo: string }>('POST', '/auth/acting/stop'),
  /** Ends the session; the answer says where the browser goes to end it at the issuer too. */
  end: () => http.outside<{ redirectTo: string }>('POST', '/auth/logout'),
});
