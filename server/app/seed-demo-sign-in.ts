import { seedProvider } from '../identity/index.ts';
import { q } from '../kernel/database/builder.ts';
import { deterministicId } from '../kernel/http/idempotency.ts';
import { findTenantBySlug } from '../tenancy/index.ts';
import type { Infrastructure } from './infrastructure.ts';

const DESK = ['bookings.read', 'bookings.create', 'bookings.cancel', 'customers.read', 'agencies.read'];

/**
 * Connects the sandbox's identity provider to a demo reseller, so that one can sign in by it at once; takes it away where the
 * configuration names none. Runs at every seed.
 */
export async function seedDemoSignIn({ config, database }: Infrastructure, slug: string): Promise<void> {
  const tenant = await findTenantBySlug(database.platform, slug);
  if (tenant?.state !== 'active') return;
  const { DEMO_IDP_ISSUER: issuer, DEMO_IDP_CLIENT_ID: clientId, DEMO_IDP_SECRET: clientSecret } = config;
  const id = deterministicId(tenant.id, 'sandbox-idp');
  const setId = deterministicId(tenant.id, 'sandbox-idp-desk');
  await database.withTenant(tenant, async (sql) => {
    if (!issuer || !clientSecret) return seedProvider(sql, id, undefined);
    const now = new Date();
    await sql.run(
      q('permission_sets')
        .insert({
          id: setId,
          name: 'Travel desk',
          description: 'Books for customers and agencies',
          permissions: DESK,
          version: 1,
          created_at: now,
          updated_at: now,
        })
        .onConflict()
        .ignore(),
    );
    const desk = (await sql.one(q('permission_sets').where({ id: setId }).select('id'))) ? setId : null;
    await seedProvider(sql, id, {
      name: 'Contoso (sandbox)',
      kind: 'entra',
      issuer,
      clientId,
      clientSecret,
      groupClaim: 'groups',
      domain: 'contoso.test',
      mappings: [
        { group: 'travel-admins', role: 'reseller_admin', agencyId: null, permissionSetId: null },
        { group: 'travel-desk', role: 'reseller_staff', agencyId: null, permissionSetId: desk },
      ],
    });
  });
}
