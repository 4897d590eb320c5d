import { coversRights } from '../../access/index.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { NotYoursToGive } from '../permission-sets/errors.ts';
import { findSet } from '../permission-sets/repository.ts';
import { mayGiveRole } from '../policy.ts';
import { findAgency } from '../repository.ts';
import type { IdentityProvider, Placement } from './provider.ts';

type Places = Pick<IdentityProvider, 'mappings' | 'defaultRole' | 'defaultAgencyId'>;

/** Every role, agency and set that a provider may give to people who come through it. */
export const placesOf = ({ mappings, defaultRole, defaultAgencyId }: Places): Placement[] => [
  ...mappings,
  ...(defaultRole ? [{ role: defaultRole, agencyId: defaultAgencyId, permissionSetId: null }] : []),
];

const keyOf = ({ role, agencyId, permissionSetId }: Placement, group: string): string =>
  [role, agencyId, permissionSetId, group].join(' ');

/** Those a change adds, or opens to another group. What was there may stay, whoever put it there. */
export function placesAdded(before: Places, after: Places): Placement[] {
  const named = (places: Places): Array<[string, Placement]> =>
    placesOf(places).map((place) => [keyOf(place, 'group' in place ? String(place.group) : ''), place]);
  const known = new Set(named(before).map(([key]) => key));
  return named(after).flatMap(([key, place]) => (known.has(key) ? [] : [place]));
}

/**
 * Whoever connects a provider makes people of its groups, so nobody opens more by it than he may do himself.
 * @throws NotYoursToGive
 */
export async function checkGiving(sql: TenantSql, actor: Actor, places: readonly Placement[]): Promise<void> {
  for (const { role, agencyId, permissionSetId } of places) {
    const agency = agencyId ? await findAgency(sql, agencyId) : undefined;
    const set = permissionSetId ? await findSet(sql, permissionSetId) : undefined;
    const given = { role, agencyId, agencyPath: agency?.path ?? '/', permissions: set?.permissions ?? [] };
    if (!mayGiveRole(actor, role) || !coversRights(actor, given))
      throw NotYoursToGive({ what: set?.name ?? `The role ${role}` });
  }
}
