export type * from './offer.ts';
export type * from './ports.ts';
export { OfferGone, SupplierError } from './errors.ts';
export type { SupplierFault } from './errors.ts';
export { daysBetween, localDay, toInstant } from './local-time.ts';
export { transliterateName } from './transliterate.ts';
export { createDuffelSuppliers } from './duffel/index.ts';
export type { DuffelSuppliersOptions } from './duffel/index.ts';
