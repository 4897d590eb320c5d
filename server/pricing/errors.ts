/** A price that cannot be computed from what was given; `code` is stable, the message says how to mend it. */
export class PricingError extends Error {
  override readonly name = 'PricingError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
