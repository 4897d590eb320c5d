/** What the sandbox keeps beside Stripe's own objects. */

export interface Delivery {
  id: string;
  eventId: string;
  url: string;
  attempts: number;
  /** Unix milliseconds of the next attempt. */
  nextAt: number;
  state: 'pending' | 'delivered' | 'dropped' | 'abandoned';
  lastStatus: number | null;
  lastError: string | null;
}

export interface IdempotentAnswer {
  fingerprint: string;
  status: number;
  body: unknown;
  requestId: string;
  /** Unix seconds; keys are forgotten after 24 hours. */
  created: number;
}

/** Parameters of `payment_intent_data`, kept until the customer pays: the intent does not exist before. */
export interface SessionSecrets {
  captureMethod: 'automatic' | 'automatic_async' | 'manual';
  metadata: Record<string, string>;
  description: string | null;
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
  receiptEmail: string | null;
  setupFutureUsage: 'off_session' | 'on_session' | null;
  /** The customer ticked the box: the card is kept once the payment went well. */
  keepsCard?: boolean;
  applicationFeeAmount: number | null;
  transferGroup: string | null;
  onBehalfOf: string | null;
}

/** An onboarding link: used once, within five minutes. */
export interface AccountLinkRecord {
  id: string;
  account: string;
  returnUrl: string;
  refreshUrl: string;
  /** Unix seconds. */
  expiresAt: number;
  isUsed: boolean;
}
