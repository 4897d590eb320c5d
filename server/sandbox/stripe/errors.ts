import type Stripe from 'stripe';

/** The body Stripe puts under `error` in every refusal. */
export interface StripeErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  doc_url?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  payment_method?: Stripe.PaymentMethod;
}

/**
 * A refusal as Stripe words it.
 * `keepChanges` is for declined cards: the failed charge and the intent's last error stay on record.
 * `replayable` tells whether an idempotency key remembers this answer: Stripe does not keep the ones
 * that never got past parameter checks.
 */
export class StripeError extends Error {
  readonly status: number;
  readonly body: StripeErrorBody;
  readonly keepChanges: boolean;
  readonly replayable: boolean;

  constructor(status: number, body: StripeErrorBody, options: { keepChanges?: boolean; replayable?: boolean } = {}) {
    super(body.message);
    this.status = status;
    this.body = body.code
      ? { doc_url: `https://docs.stripe.com/error-codes/${body.code.replaceAll('_', '-')}`, ...body }
      : body;
    this.keepChanges = options.keepChanges ?? false;
    this.replayable = options.replayable ?? false;
  }
}

export function invalidParam(param: string, message: string, code?: string): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) });
}

export function missingParam(param: string): StripeError {
  return invalidParam(param, `Missing required param: ${param}.`, 'parameter_missing');
}

export function noSuch(label: string, id: string, param = 'id', status = 404): StripeError {
  return new StripeError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param,
    message: `No such ${label}: '${id}'`,
  });
}

export function unexpectedState(message: string, intent: Stripe.PaymentIntent): StripeError {
  return new StripeError(
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message,
      payment_intent: intent,
    },
    { replayable: true },
  );
}
