import { publicOrigin, type Config } from '../kernel/config.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { firstServed, listSignInBrands, openUser, selectUsers } from './repository.ts';
import type { User } from './user.ts';

/** Somebody who answers for an agency, and where that person signs in. */
export interface Administrator {
  email: string;
  name: string;
  locale: string;
  brandId: string;
  origin: string;
}

/** A mail to more people than this is a mail to nobody. */
const MOST = 20;

/**
 * The administrators of an agency, or of the reseller (null), whose address is proven. Empty as well when no brand of theirs is served:
 * a mail without a place to go to helps nobody.
 */
export const administratorsOf =
  ({ config, database }: { config: Config; database: Database }) =>
  async (sql: TenantSql, agencyId: string | null): Promise<Administrator[]> => {
    const brand = await firstServed(database.platform, await listSignInBrands(sql, agencyId));
    if (!brand) return [];
    const people = selectUsers()
      .where('u.state', 'active')
      .whereNull('u.erased_at')
      .whereNotNull('u.email_verified_at');
    if (agencyId === null) void people.where('u.role', 'reseller_admin');
    else
      void people.where((any) => {
        void any.where({ 'u.role': 'agency_admin', 'u.agency_id': agencyId });
        void any.orWhereExists(
          q('memberships as m')
            .select(q.raw('1'))
            .whereRaw('m.user_id = u.id')
            .where({ 'm.role': 'agency_admin', 'm.agency_id': agencyId }),
        );
      });
    const rows = await sql.all<User>(people.orderBy('u.id').limit(MOST));
    return rows.map((row) => {
      const { email, givenName, familyName, locale } = openUser(sql, row);
      const name = givenName || familyName || email;
      return { email, name, locale, brandId: brand.id, origin: publicOrigin(config, brand.hostname) };
    });
  };
