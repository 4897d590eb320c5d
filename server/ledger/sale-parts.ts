import { LedgerError } from './posting.ts';

/** The figures of a sale the ledger needs; a pricing BuildUp has this shape. Minor units. */
export interface SaleFigures {
  readonly currency: string;
  readonly net: { readonly total: number };
  /** Given where the supplier asks in another currency: its own price, and what of the net is the spread's earning. */
  readonly fx?: {
    readonly net: { readonly total: number; readonly currency: string };
    readonly earningMinor: number;
  };
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

/** The net in two: what the supplier gets at the middle rate, and what the spread earns. */
export function netParts({ net, fx }: Pick<SaleFigures, 'net' | 'fx'>): { supplier: number; fxEarning: number } {
  const fxEarning = fx?.earningMinor ?? 0;
  return { supplier: net.total - fxEarning, fxEarning };
}

/** What the supplier's refunds are a part of: its price in its own currency. */
export const supplierPriceOf = ({ net, fx }: Pick<SaleFigures, 'net' | 'fx'>): number => fx?.net.total ?? net.total;

export function agenciesOf(sale: SaleFigures): AgencyLevel[] {
  return sale.levels.filter((level): level is AgencyLevel => level.agencyId !== null);
}

export function sellerOf(sale: SaleFigures): SaleLevel {
  const seller = sale.levels.at(-1);
  if (!seller) throw new LedgerError('A sale without levels cannot be posted.');
  return seller;
}
