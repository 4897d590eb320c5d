import type { TenantSql } from '../kernel/database/sql.ts';
import type { InvoiceParty } from './invoice.ts';
import { findAgencies, findBrands } from './repository.ts';
import type { AgencyRow, BrandRow } from './repository.ts';

/** Who the reseller and the agencies of a sale are on paper, and which brand each wears. */
export interface Network {
  brandOf: (agencyId: string | null) => BrandRow;
  partyOf: (agencyId: string | null) => InvoiceParty;
}

/** Reads the reseller and these agencies as parties of invoices, with their brands. */
export async function readNetwork(sql: TenantSql, agencyIds: readonly string[]): Promise<Network> {
  const brands = await findBrands(sql, agencyIds);
  const agencies = new Map((await findAgencies(sql, agencyIds)).map((agency) => [agency.id, agency]));
  const reseller = brands.find((brand) => brand.agency_id === null);
  if (!reseller) throw new Error('The reseller has no brand of its own: the tenant is not fully provisioned');
  const brandOf = (agencyId: string | null) => brands.find((brand) => brand.agency_id === agencyId) ?? reseller;
  return {
    brandOf,
    partyOf: (agencyId) =>
      agencyId === null
        ? resellerParty(reseller)
        : agencyParty(
            agencies.get(agencyId),
            brands.find((brand) => brand.agency_id === agencyId),
          ),
  };
}

function resellerParty({ legal, name }: BrandRow): InvoiceParty {
  return {
    name: legal.companyName ?? name,
    taxId: legal.taxId ?? null,
    address: legal.address ?? null,
    email: legal.email ?? null,
    agencyId: null,
  };
}

function agencyParty(agency: AgencyRow | undefined, brand: BrandRow | undefined): InvoiceParty {
  if (!agency) throw new Error('An agency of the sale no longer exists');
  return {
    name: agency.legal_name ?? brand?.legal.companyName ?? agency.name,
    taxId: agency.tax_id ?? brand?.legal.taxId ?? null,
    address: brand?.legal.address ?? null,
    email: agency.email ?? brand?.legal.email ?? null,
    agencyId: agency.id,
  };
}
