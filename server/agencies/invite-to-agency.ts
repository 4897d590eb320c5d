import { authorize, coversRights } from '../access/index.ts';
import { publicOrigin, type Config } from '../kernel/config.ts';
import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import { Forbidden } from '../kernel/errors.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { NoBrandToSignIn } from './errors.ts';
import { findAgency, findSignInBrands, type SignInBrand } from './repository.ts';
import type { AgencyInvitationCreate } from './schema.ts';

/** The identity module's part, injected: writes the invitation and the event that mails its link. */
export interface Inviter {
  inviteUser(
    sql: TenantSql,
    tenant: { id: string },
    brand: { id: string; name: string; origin: string; defaultLocale: string },
    input: { email: string; role: 'agency_admin' | 'agent'; agencyId: string; invitedBy: string | null },
  ): Promise<{ invitationId: string; expiresAt: Date }>;
}

/**
 * Invites a person into an agency at or below the actor's. The link leads to the agency's own site once that is served, else to the
 * reseller's.
 * @throws NotFound, Forbidden, NoBrandToSignIn, and what the identity module refuses
 */
export async function inviteToAgency(
  deps: { config: Config; database: Database; identity: Inviter },
  sql: TenantSql,
  actor: Actor,
  input: AgencyInvitationCreate & { agencyId: string },
) {
  const { agencyId, email, role } = input;
  const agency = await findAgency(sql, agencyId);
  authorize(actor, 'read', 'Agency', agency);
  authorize(actor, 'create', 'Invitation', { agencyId, agencyPath: agency.path });
  if (!coversRights(actor, { role, agencyId, agencyPath: agency.path }))
    throw Forbidden({ action: `give the rights of ${role} to`, subject: 'Invitation' });
  const brand = await signInBrandOf(deps, sql, agencyId);
  const invitedBy = actor.kind === 'user' ? actor.id : null;
  const { invitationId, expiresAt } = await deps.database.withTenant(sql.tenant, (bound) =>
    deps.identity.inviteUser(bound, sql.tenant, brand, { email, role, agencyId, invitedBy }),
  );
  return { id: invitationId, email: email.toLowerCase(), role, agencyId, expiresAt: expiresAt.toISOString() };
}

/** Where an agency's people sign in: its own site once that is served, else the reseller's. @throws NoBrandToSignIn */
export async function signInBrandOf(
  { config, database }: { config: Config; database: Database },
  sql: TenantSql,
  agencyId: string,
): Promise<SignInBrand & { origin: string }> {
  const brand = await firstServed(database, await findSignInBrands(sql, agencyId));
  return { ...brand, origin: publicOrigin(config, brand.hostname) };
}

/** A brand whose host is still pending answers nothing: its link would lead nowhere. */
async function firstServed(database: Database, brands: readonly SignInBrand[]): Promise<SignInBrand> {
  const rows = await database.platform.all<{ brand_id: string }>(
    q('platform.domains')
      .whereIn(
        'brand_id',
        brands.map(({ id }) => id),
      )
      .where({ state: 'active' })
      .select('brand_id'),
  );
  const served = new Set(rows.map((row) => row.brand_id));
  const brand = brands.find(({ id }) => served.has(id));
  if (!brand) throw NoBrandToSignIn();
  return brand;
}
