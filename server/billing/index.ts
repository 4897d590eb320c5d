export { billTenant, endOfMonth, payInvoice } from './close-month.ts';
export { createBilling } from './create-billing.ts';
export { listInvoices as listPlatformInvoices, type PlatformInvoice } from './repository.ts';
