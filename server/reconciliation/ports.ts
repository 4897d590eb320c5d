import type { Tenant } from '../kernel/http/context.ts';
import type { Money } from '../kernel/money.ts';

/** One movement of the balance at the payment service. Amounts in minor units; a refund is negative. */
export interface ProviderLine {
  id: string;
  /** As the service calls it: `charge`, `refund`, `adjustment`, `transfer` … */
  type: string;
  /** The charge, refund, dispute or transfer behind it. */
  reference: string;
  /** Our own id for what it is, where it is no booking's: a top-up, a payout; the books' posting names it. */
  ourId: string | null;
  currency: string;
  amountMinor: number;
  /** The service's own fee, part of the same movement. */
  feeMinor: number;
  happenedAt: Date;
  tenantId: string | null;
  bookingId: string | null;
  intentId: string | null;
}

/** What reconciliation asks of others: declared here, wired in the composition root. */
export interface ReconciliationPorts {
  /** Every movement of a UTC day: of all tenants in the platform's account, which they share, or those of a connected account. */
  linesOfDay(day: string, account?: string): Promise<ProviderLine[]>;
  /** Every movement that one payment caused, whenever. */
  linesOfIntent(intentId: string, account: string | null): Promise<ProviderLine[]>;
  /** How a supplier sees an order; undefined when it has none of that id. */
  findOrder(
    product: 'flight' | 'stay',
    supplier: string,
    orderId: string,
  ): Promise<{ state: 'confirmed' | 'cancelled'; total: Money | null } | undefined>;
  /** What one person may sign for alone, in minor units of the tenant's currency. */
  fourEyesLimit(tenant: Tenant): Promise<number>;
  /** Where unmatched cases are told: the office of the reseller's own brand, if it has an address. */
  officeOf(
    tenant: Tenant,
  ): Promise<{ recipient: string; brandId: string; brandName: string; origin: string; locale: string } | undefined>;
}
