import type { TenantSql } from '../kernel/database/sql.ts';
import { countryOfTaxId, taxTreatmentOf } from '../tax/index.ts';
import type { LineTax } from '../tax/index.ts';
import { kindOfSale } from './invoice.ts';
import type { InvoiceDraft, InvoiceParty } from './invoice.ts';
import { issueInvoice } from './issue-invoice.ts';
import { readNetwork } from './network.ts';
import type { Network } from './network.ts';
import type { InvoiceRow } from './repository.ts';
import { notesOf } from './texts.ts';

export interface SaleToInvoice {
  booking: { id: string; brandId: string; locale: string };
  /** `card`: the reseller, merchant of record, bills the customer. `wallet`: each level bills the next, and the seller its customer. */
  method: 'card' | 'wallet';
  /** The part of a price build-up that is invoiced, from the reseller (agencyId null) to the seller; a pricing BuildUp has this shape. */
  buildUp: {
    readonly currency: string;
    readonly customerTotal: number;
    readonly levels: readonly { readonly agencyId: string | null; readonly buyPrice: number }[];
  };
  customer: { name: string; email: string | null; taxId?: string | null; address?: string | null };
  /** What was sold, for example `Flight Madrid – London, 1 Dec 2026`. No figures. */
  description: string;
  /** Number of travellers or rooms. */
  quantity: number;
  /** Where the caller has read it already. */
  network?: Network;
  now: Date;
}

/**
 * Issues the invoices of a confirmed sale in the caller's transaction, once: every one states a single price, all included, in the travel
 * agents' margin scheme where the issuer's country has it, and no level's markup. Call it after the ledger posting, so that all transactions lock in one order.
 * Answers them from the top of the chain down; the customer's is the last.
 */
export async function issueSaleInvoices(sql: TenantSql, sale: SaleToInvoice): Promise<InvoiceRow[]> {
  const agencyIds = sale.buildUp.levels.flatMap((level) => level.agencyId ?? []);
  const network = sale.network ?? (await readNetwork(sql, agencyIds));
  const drafts =
    sale.method === 'wallet'
      ? [...edgeDrafts(sale, network), customerDraft(sale, network)]
      : [customerDraft(sale, network)];
  const issued: InvoiceRow[] = [];
  // One after the other: the rows of the series are locked in the order of the chain.
  for (const draft of drafts) issued.push(await issueInvoice(sql, draft, sale.now));
  return issued;
}

/** Each parent to its child, for what the child owes it. */
function edgeDrafts(sale: SaleToInvoice, network: Network): InvoiceDraft[] {
  return sale.buildUp.levels.flatMap(({ agencyId, buyPrice }, i) => {
    if (agencyId === null) return [];
    const parentId = sale.buildUp.levels[i - 1]?.agencyId ?? null;
    const brand = network.brandOf(parentId);
    const common = {
      sellerAgencyId: parentId,
      issuerAgencyId: parentId,
      issuer: network.partyOf(parentId),
      customer: network.partyOf(agencyId),
    };
    return [
      {
        ...common,
        ...wording(sale, buyPrice, brand.default_locale, taxOfSale(common.issuer, common.customer, sale.now)),
        key: `${sale.booking.id}/wallet/${agencyId}`,
        kind: 'invoice' as const,
        brandId: brand.id,
      },
    ];
  });
}

/** To the customer: from the reseller when it collected the card, from the seller when the customer pays there. */
function customerDraft(sale: SaleToInvoice, network: Network): InvoiceDraft {
  const { booking, buildUp } = sale;
  const sellerAgencyId = buildUp.levels.at(-1)?.agencyId ?? null;
  const issuerAgencyId = sale.method === 'card' ? null : sellerAgencyId;
  const customer = {
    name: sale.customer.name,
    taxId: sale.customer.taxId ?? null,
    address: sale.customer.address ?? null,
    email: sale.customer.email,
    agencyId: null,
  };
  const issuer = network.partyOf(issuerAgencyId);
  return {
    ...wording(sale, buildUp.customerTotal, booking.locale, taxOfSale(issuer, customer, sale.now)),
    key: `${booking.id}/customer`,
    kind: kindOfSale(customer, buildUp.customerTotal, buildUp.currency),
    brandId: booking.brandId,
    sellerAgencyId,
    issuerAgencyId,
    issuer,
    customer,
  };
}

/** Travel, sold by its issuer in its own name. */
function taxOfSale(issuer: InvoiceParty, customer: InvoiceParty, now: Date): LineTax {
  const { scheme, rateBp } = taxTreatmentOf({
    sellerCountry: countryOfTaxId(issuer.taxId),
    product: 'travel',
    buyer: { kind: customer.taxId === null ? 'consumer' : 'business', country: countryOfTaxId(customer.taxId) },
    day: now.toISOString().slice(0, 10),
  });
  return { scheme, rateBp };
}

function wording(
  sale: SaleToInvoice,
  amountMinor: number,
  locale: string,
  tax: LineTax,
): Pick<InvoiceDraft, 'bookingId' | 'lines' | 'notes' | 'currency' | 'locale'> {
  return {
    bookingId: sale.booking.id,
    lines: [{ description: sale.description, quantity: sale.quantity, amountMinor, tax }],
    notes: notesOf([tax], locale),
    currency: sale.buildUp.currency,
    locale,
  };
}
