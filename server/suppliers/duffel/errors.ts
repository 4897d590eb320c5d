import { DuffelError } from '@duffel/api';
import { OfferGone, SupplierError } from '../errors.ts';
import type { BookOutcome, CancelOutcome, RefusalCode } from '../ports.ts';

const SUPPLIER = 'duffel';

interface Fault {
  status: number;
  code: string;
  type: string;
  message: string;
}

/** What a DuffelError says. A gateway's page carries no codes: status alone, then. */
function readFault(error: InstanceType<typeof DuffelError>): Fault {
  const first = error.errors?.[0];
  const status = error.meta?.status ?? (error as { status?: number }).status ?? 0;
  return {
    status,
    code: first?.code ?? '',
    type: first?.type ?? '',
    message: first?.message || first?.title || `HTTP ${status}`,
  };
}

const GONE = new Set([
  'offer_no_longer_available',
  'offer_expired',
  'rate_unavailable',
  'rate_no_longer_available',
  'rate_expired',
  'quote_expired',
  'search_result_expired',
  'accommodation_unavailable',
]);

/** Whether an error speaks of the supplier's health: no answer, a server error, or too many calls; a refusal does not. */
export function isSupplierFailure(error: unknown): boolean {
  if (error instanceof SupplierError) return error.fault === 'timeout' || error.fault === 'unavailable';
  if (!(error instanceof DuffelError)) return true;
  const { status, code } = readFault(error);
  if (status === 502 && NOT_CREATED.has(code)) return false;
  return status >= 500 || status === 429 || status === 0;
}

/** The error of a call that only reads. */
export function toSupplierError(error: unknown): Error {
  if (error instanceof SupplierError || error instanceof OfferGone) return error;
  if (!(error instanceof DuffelError))
    return new SupplierError(SUPPLIER, 'unavailable', 'The supplier could not be reached.', { cause: error });
  const fault = readFault(error);
  if (GONE.has(fault.code) || fault.status === 404 || fault.status === 410)
    return new OfferGone(fault.message, { cause: error });
  if (fault.status === 429)
    return new SupplierError(
      SUPPLIER,
      'rate_limited',
      'The supplier has had too many requests; try again in a minute.',
      { cause: error },
    );
  if (fault.status === 401 || fault.status === 403)
    return new SupplierError(SUPPLIER, 'account', 'The supplier did not accept the account (check DUFFEL_TOKEN).', {
      cause: error,
    });
  if (fault.status >= 500)
    return new SupplierError(SUPPLIER, 'unavailable', `The supplier failed (${fault.status}).`, { cause: error });
  return new SupplierError(SUPPLIER, 'refused', fault.message, { cause: error });
}

/** Answers after which there certainly is no order: Duffel's `order_not_created`, the airline's refusal passed on as 502. */
const NOT_CREATED = new Set(['order_not_created', 'airline_unknown', 'airline_internal', 'rate_limit_exceeded']);

const REFUSALS: Readonly<Record<string, RefusalCode>> = {
  price_changed: 'price_changed',
  payment_amount_does_not_match_order_amount: 'price_changed',
  offer_no_longer_available: 'offer_gone',
  offer_expired: 'offer_gone',
  offer_request_already_booked: 'offer_gone',
  rate_unavailable: 'offer_gone',
  rate_no_longer_available: 'offer_gone',
  rate_expired: 'offer_gone',
  quote_expired: 'offer_gone',
  insufficient_balance: 'insufficient_funds',
};

type FailedBooking = Exclude<BookOutcome, { outcome: 'ok' }>;

/**
 * What a failed attempt to book means. Only what is known not to have made an order is `refused` or `not_created`; a time-out, a
 * broken connection, a gateway's error and a plain 5xx leave it open, for the order may exist.
 */
export function toBookOutcome(error: unknown): FailedBooking {
  if (error instanceof SupplierError) {
    // The gate refused before anything was sent.
    if (error.fault === 'busy' || error.fault === 'circuit_open')
      return { outcome: 'not_created', reason: error.message };
    return { outcome: 'unknown', reason: error.message };
  }
  if (!(error instanceof DuffelError))
    return isRefusedConnection(error)
      ? { outcome: 'not_created', reason: 'The supplier could not be reached.' }
      : { outcome: 'unknown', reason: 'The connection to the supplier broke before it answered.' };
  const fault = readFault(error);
  if (NOT_CREATED.has(fault.code) || fault.status === 429 || fault.status === 503)
    return { outcome: 'not_created', reason: fault.message };
  if (fault.status === 401 || fault.status === 403)
    return { outcome: 'refused', code: 'supplier_account', reason: 'The supplier did not accept the account.' };
  if (fault.status >= 400 && fault.status < 500 && fault.status !== 408) {
    const code =
      REFUSALS[fault.code] ??
      (fault.status === 404 ? 'offer_gone' : fault.type === 'validation_error' ? 'invalid_travellers' : 'refused');
    return { outcome: 'refused', code, reason: fault.message };
  }
  return { outcome: 'unknown', reason: fault.message };
}

/** Whether the supplier says that this search has an order already: perhaps our own first attempt. */
export const isAlreadyBooked = (error: unknown): boolean =>
  error instanceof DuffelError &&
  ['offer_request_already_booked', 'quote_already_booked'].includes(readFault(error).code);

/** Nothing was sent: the connection was never made. */
function isRefusedConnection(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND';
}

type FailedCancellation = Exclude<CancelOutcome, { outcome: 'ok' }>;

const CANCEL_REFUSALS: Readonly<Record<string, 'already_cancelled' | 'expired' | 'not_cancellable'>> = {
  already_cancelled: 'already_cancelled',
  order_cancellation_stale: 'expired',
  order_cancellation_expired: 'expired',
  order_not_cancellable: 'not_cancellable',
  booking_not_cancellable: 'not_cancellable',
};

export function toCancelOutcome(error: unknown): FailedCancellation {
  const failed = toBookOutcome(error);
  if (failed.outcome === 'unknown') return failed;
  if (failed.outcome === 'not_created') return { outcome: 'not_done', reason: failed.reason };
  const code = error instanceof DuffelError ? CANCEL_REFUSALS[readFault(error).code] : undefined;
  return { outcome: 'refused', code: code ?? 'refused', reason: failed.reason };
}
