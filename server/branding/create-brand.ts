import { authorize } from '../access/index.ts';
import type { Files } from '../files/index.ts';
import type { Config } from '../kernel/config.ts';
import type { Database } from '../kernel/database/database.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { checkLook, type BrandThemes } from './check-look.ts';
import { claimDomain, findDomain, findDomainsOf } from './domains.ts';
import { AgencyHasBrand, AgencyNotApproved, HostTaken } from './errors.ts';
import { checkHostname, isOwnZone } from './host-zone.ts';
import {
  findAgency,
  findBrandOfAgency,
  getBrand,
  insertBrand,
  rewriteBrand,
  type BrandRecord,
  type NewBrand,
} from './repository.ts';
import type { BrandCreate } from './schema.ts';

export interface CreateBrandDeps {
  config: Config;
  database: Database;
  themes: BrandThemes;
  files: Pick<Files, 'addImage' | 'publish'>;
  hostResolver: { invalidate(hostname: string): Promise<void> };
}

/**
 * Gives an agency its own brand on its own host. The brand is written first and the host last: until then nothing serves it, and the same
 * request again finishes what a crash left. A host of the platform's own zone answers at once; any other stays `pending`.
 * @throws NotFound, HostInvalid, HostTaken, ThemeUnknown, ValidationFailed, AgencyHasBrand, AgencyNotApproved
 */
export async function createBrand(
  deps: CreateBrandDeps,
  ctx: Pick<RequestContext, 'sql' | 'tenant' | 'actor'>,
  input: BrandCreate,
): Promise<BrandRecord> {
  const { config, database, themes, hostResolver } = deps;
  const { sql, tenant, actor } = ctx;
  const agency = await findAgency(sql, input.agencyId);
  authorize(actor, 'read', 'Agency', agency);
  authorize(actor, 'create', 'Brand', { agencyId: agency.id, agencyPath: agency.path });
  if (agency.state !== 'approved') throw AgencyNotApproved(agency);
  const hostname = checkHostname(input.hostname, config.PLATFORM_HOST);
  checkLook(themes, input.theme, input.settings);

  const brand: NewBrand = {
    id: newId(),
    agencyId: agency.id,
    hostname,
    name: input.name,
    theme: input.theme,
    settings: input.settings,
    legal: input.legal,
    senderName: input.senderName ?? input.name,
    senderEmail: senderAt(hostname, config),
    defaultLocale: input.defaultLocale ?? (tenant.locale === 'es' ? 'es' : 'en'),
    currency: tenant.currency,
  };
  const brandId = await writeBrand(database, ctx, brand);
  const state = isOwnZone(hostname, config.PLATFORM_HOST) ? 'active' : 'pending';
  if (!(await claimDomain(database.platform, { hostname, tenantId: tenant.id, brandId, state })))
    throw HostTaken({ host: hostname });
  await hostResolver.invalidate(hostname);
  return getBrand(sql, brandId);
}

/** Mails come from the brand's own host; on a developer machine from a name that can hold a mailbox. */
function senderAt(hostname: string, config: Config): string {
  return `bookings@${config.PUBLIC_ORIGIN_SCHEME === 'http' ? hostname.replace(/\.localhost$/, '.test') : hostname}`;
}

/** Writes the row, or writes over one that never got its host; answers its id. */
async function writeBrand(
  database: Database,
  { sql, tenant }: Pick<RequestContext, 'sql' | 'tenant'>,
  brand: NewBrand,
): Promise<string> {
  const holder = await findDomain(database.platform, brand.hostname);
  const before = await findBrandOfAgency(sql, brand.agencyId);
  if (before) {
    const [host] = await findDomainsOf(database.platform, tenant.id, [before.id]);
    if (host) throw AgencyHasBrand({ hostname: host.hostname });
  }
  if (holder) throw HostTaken({ host: brand.hostname });
  if (before) {
    await rewriteBrand(sql, { ...brand, id: before.id });
    return before.id;
  }
  if (await insertBrand(sql, brand)) return brand.id;
  // Somebody was faster with this agency, or another of the tenant's brands has the host.
  const other = await findBrandOfAgency(sql, brand.agencyId);
  throw other ? AgencyHasBrand({ hostname: other.hostname }) : HostTaken({ host: brand.hostname });
}
