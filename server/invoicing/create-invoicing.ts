import { invoicingRoutes } from './routes.ts';

/** The invoices' routes; issuing is done by functions that take the caller's transaction. */
export function createInvoicing() {
  return { routes: invoicingRoutes() };
}

export type Invoicing = ReturnType<typeof createInvoicing>;
