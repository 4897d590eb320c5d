import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { BuildUp } from '../pricing/index.ts';
import type { FlightOffer, StayOffer, SupplierOffer } from '../suppliers/index.ts';

/** A frozen, expiring price: what a booking is made from. Holds the figures of every level, so it stays inside the server. */
export interface QuoteRow {
  id: string;
  product: 'flight' | 'stay';
  supplier: string;
  /** What the supplier books: a flight's offer, a stay's quote. */
  supplierOfferId: string;
  brandId: string;
  /** The selling agency; null is the reseller. */
  agencyId: string | null;
  offer: FlightOffer | StayOffer;
  buildUp: BuildUp;
  netMinor: number;
  totalMinor: number;
  currency: string;
  expiresAt: Date;
  createdAt: Date;
}

const COLUMNS = {
  id: 'id',
  product: 'product',
  supplier: 'supplier',
  supplierOfferId: 'supplier_offer_id',
  brandId: 'brand_id',
  agencyId: 'agency_id',
  offer: 'offer',
  buildUp: 'build_up',
  netMinor: 'net_minor',
  totalMinor: 'total_minor',
  currency: 'currency',
  expiresAt: 'expires_at',
  createdAt: 'created_at',
} as const;

export interface NewQuote {
  id: string;
  brandId: string;
  agencyId: string | null;
  offer: SupplierOffer;
  buildUp: BuildUp;
  /** When the quote was made. */
  at: Date;
}

export async function insertQuote(sql: TenantSql, { at, ...quote }: NewQuote): Promise<QuoteRow> {
  const { offer, buildUp } = quote;
  const row: QuoteRow = {
    ...quote,
    product: offer.product,
    supplier: offer.supplier,
    supplierOfferId: offer.supplierOfferId,
    netMinor: buildUp.net.total,
    totalMinor: buildUp.customerTotal,
    currency: buildUp.currency,
    expiresAt: new Date(offer.expiresAt),
    createdAt: at,
  };
  const stored = { ...row, offer: json(offer), buildUp: json(buildUp) };
  await sql.run(
    q('quotes').insert(
      Object.fromEntries(Object.entries(COLUMNS).map(([field, column]) => [column, stored[field as keyof QuoteRow]])),
    ),
  );
  return row;
}

/** A quote of this tenant by id, expired or not; undefined for none. */
export const getQuote = (sql: TenantSql, id: string): Promise<QuoteRow | undefined> =>
  sql.one<QuoteRow>(q('quotes').select(COLUMNS).where({ id }));
