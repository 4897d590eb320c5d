import type { Actor } from '../kernel/http/actor.ts';
import { rightsOn, type Agency } from './agency.ts';
import type { AgencyView } from './schema.ts';

/** Field by field: the path, which names ancestors, stays inside. */
export function presentAgency(agency: Agency, actor: Actor): AgencyView {
  return {
    id: agency.id,
    parentId: agency.parentId,
    depth: agency.depth,
    name: agency.name,
    legalName: agency.legalName,
    taxId: agency.taxId,
    email: agency.email,
    state: agency.state,
    tier: agency.tier,
    childCount: agency.childCount,
    may: rightsOn(actor, agency),
    createdAt: agency.createdAt.toISOString(),
    updatedAt: agency.updatedAt.toISOString(),
    version: agency.version,
  };
}
