import { LedgerError } from './posting.ts';

/** The figures of a sale the ledger needs; a pricing BuildUp has this shape. Minor units. */
export interface SaleFigures {
  readonly currency: string;
  readonly net: { readonly total: number };
  readonly platformFee: { readonly amount: number };
  readonly resellerMargin: number;
  readonly customerTotal: number;
  /** From the reseller (agencyId null) to the seller. */
  readonly levels: readonly SaleLevel[];
}

export interface SaleLevel {
  readonly agencyId: string | null;
  readonly buyPrice: number;
  readonly sellPrice: number;
  readonly markup: number;
  readonly commission: number;
}

export interface AgencyLevel extends SaleLevel {
  readonly agencyId: string;
}

export function agenciesOf(sale: SaleFigures): AgencyLevel[] {
  return sale.levels.filter((level): level is AgencyLevel => level.agencyId !== null);
}

export function sellerOf(sale: SaleFigures): SaleLevel {
  const seller = sale.levels.at(-1);
  if (!seller) throw new LedgerError('A sale without levels cannot be posted.');
  return seller;
}
