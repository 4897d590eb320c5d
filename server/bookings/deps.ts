import type { Clock } from '../kernel/clock.ts';
import type { TenantVault } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Locks } from '../kernel/database/locks.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand, RequestContext, Tenant } from '../kernel/http/context.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import type { Payments } from '../payments/index.ts';
import type { RefundPlan } from '../ledger/index.ts';
import type { BuildUp } from '../pricing/index.ts';
import type { UsedCodes } from '../promos/index.ts';
import type { FlightSupplier, StaySupplier, SupplierOffer } from '../suppliers/index.ts';
import type { BlockedAttempt } from '../wallets/index.ts';
import type { Booking } from './booking.ts';

/** A frozen price, as the search module keeps it. */
export interface QuoteRecord {
  id: string;
  product: 'flight' | 'stay';
  supplier: string;
  brandId: string;
  agencyId: string | null;
  offer: SupplierOffer;
  buildUp: BuildUp;
  netMinor: number;
  totalMinor: number;
  currency: string;
  expiresAt: Date;
}

/** What the bookings module uses of others: declared here, wired in `app.ts`. */
export interface BookingDeps {
  database: Database;
  locks: Locks;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  vaultOf(tenant: Tenant): TenantVault;
  brandOf(tenant: Tenant, brandId: string): Promise<Brand | undefined>;
  payments: Payments;
  flights(code: string): FlightSupplier;
  stays(code: string): StaySupplier;
  quotes: {
    find(sql: TenantSql, quoteId: string): Promise<QuoteRecord | undefined>;
    /** Re-prices an offer at the supplier and freezes it; throws the search module's problems. */
    fromOffer(ctx: RequestContext, offerId: string): Promise<QuoteRecord>;
    searchAgainLink(offer: SupplierOffer): string;
  };
  /** Codes for a discount. */
  promos: {
    /** The price with the codes taken off. @throws PromoCodeRefused, TooManyRequests */
    use(ctx: RequestContext, typed: readonly string[], quote: QuoteRecord, contactIndex: string): Promise<UsedCodes>;
    reserve(
      sql: TenantSql,
      booking: { id: string; currency: string; contactIndex: string },
      uses: UsedCodes['uses'],
    ): Promise<void>;
    release(sql: TenantSql, bookingId: string): Promise<unknown>;
  };
  wallets: {
    /** Answers whether the seller's other currencies had to be exchanged for it. */
    hold(sql: TenantSql, booking: { id: string; buildUp: BuildUp }): Promise<{ isExchanged: boolean }>;
    capture(sql: TenantSql, bookingId: string): Promise<void>;
    release(sql: TenantSql, bookingId: string): Promise<void>;
    /** Tells who must act when an ancestor's wallet kept a booking from being made; after the rollback, with what was thrown. */
    tellShort(tenant: Tenant, error: unknown, attempt: BlockedAttempt): Promise<void>;
  };
  disputes: {
    /** Whether a bank has taken the booking's payment back: undecided, for good, or not. An inquiry moves nothing. */
    standingOf(sql: TenantSql, bookingId: string): Promise<'none' | 'open' | 'lost'>;
  };
  accounting: {
    /** Ledger posting, commissions and invoice of a confirmed booking, in the caller's transaction. Idempotent. */
    recordSale(
      sql: TenantSql,
      input: { tenant: Tenant; brand: Brand; booking: Booking; confirmedAt: Date },
    ): Promise<void>;
    /** Refund in the books, commissions back, credit notes, wallets credited, in the caller's transaction. Idempotent by refund id. */
    recordRefund(
      sql: TenantSql,
      input: { booking: Booking; plan: RefundPlan; refundId: string; at: Date },
    ): Promise<void>;
  };
  agencies: {
    namesOf(sql: TenantSql, ids: readonly string[]): Promise<Map<string, string>>;
    pathOf(sql: TenantSql, agencyId: string): Promise<string>;
  };
}
