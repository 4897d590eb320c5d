export type SupplierFault =
  'timeout' | 'unavailable' | 'rate_limited' | 'busy' | 'circuit_open' | 'bad_answer' | 'refused' | 'account';

/** A supplier that could not serve a call. `reason` is a sentence fit for the people who wait for it. */
export class SupplierError extends Error {
  override readonly name = 'SupplierError';
  readonly supplier: string;
  readonly fault: SupplierFault;

  constructor(supplier: string, fault: SupplierFault, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.supplier = supplier;
    this.fault = fault;
  }
}

/** The offer, rate or search result is no more (expired, sold, withdrawn): only a new search helps. */
export class OfferGone extends Error {
  override readonly name = 'OfferGone';
}
