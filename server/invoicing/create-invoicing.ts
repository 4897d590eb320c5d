import { verifactuRoutes } from './verifactu/routes.ts';
import { invoicingRoutes, type InvoicingDeps } from './routes.ts';

/** The invoices' routes; issuing is done by functions that take the caller's transaction. */
export function createInvoicing(deps: InvoicingDeps) {
  return { routes: [...invoicingRoutes(deps), ...verifactuRoutes(deps)] };
}

export type Invoicing = ReturnType<typeof createInvoicing>;
