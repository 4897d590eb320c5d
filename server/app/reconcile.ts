import { q } from '../kernel/database/builder.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { createBalanceLines, createStripe } from '../payments/index.ts';
import { createReconciliation } from '../reconciliation/index.ts';
import { readTerms } from '../settlement/index.ts';
import { createDuffelSuppliers, OfferGone } from '../suppliers/index.ts';
import type { Infrastructure } from './infrastructure.ts';

type BrandOf = (tenant: Tenant, brandId: string) => Promise<Brand | undefined>;
type BalanceLines = ReturnType<typeof createBalanceLines>;
type Suppliers = ReturnType<typeof createDuffelSuppliers>;

/** Reconciliation with what it asks of payments, suppliers, settlement and brands. */
export function wireReconciliation(
  { database, clock }: Pick<Infrastructure, 'database' | 'clock'>,
  { balanceLines, suppliers, brandOf }: { balanceLines: BalanceLines; suppliers: Suppliers; brandOf: BrandOf },
) {
  return createReconciliation({
    database,
    clock,
    ports: {
      linesOfDay: balanceLines.ofDay,
      linesOfIntent: balanceLines.ofIntent,
      async findOrder(product, _supplier, orderId) {
        try {
          return await (product === 'flight' ? suppliers.flights : suppliers.stays).get(orderId);
        } catch (error) {
          if (error instanceof OfferGone) return undefined;
          throw error;
        }
      },
      fourEyesLimit: async (tenant) => (await readTerms(database.tenant(tenant), null)).fourEyesLimit,
      async officeOf(tenant) {
        const own = q('brands').whereNull('agency_id').select('id');
        const row = await database.tenant(tenant).one<{ id: string }>(own);
        const brand = row && (await brandOf(tenant, row.id));
        const recipient = brand?.legal['email'];
        return brand && recipient
          ? { recipient, brandId: brand.id, brandName: brand.name, origin: brand.origin, locale: brand.defaultLocale }
          : undefined;
      },
    },
  });
}

/** The same for a process without the other modules: the clock's and the command line. */
export function standaloneReconciliation(infra: Infrastructure, brandOf: BrandOf) {
  const { config, redis, clock, metrics } = infra;
  const suppliers = createDuffelSuppliers({
    token: config.DUFFEL_TOKEN,
    basePath: config.DUFFEL_API_BASE,
    redis,
    clock,
    metrics,
  });
  return wireReconciliation(infra, {
    balanceLines: createBalanceLines(createStripe(config)),
    suppliers,
    brandOf,
  });
}
