import Stripe from 'stripe';
import type { Config } from '../../kernel/config.ts';

/** The official client; only its base address and key say which Stripe it talks to. */
export function createStripe(config: Pick<Config, 'STRIPE_API_BASE' | 'STRIPE_SECRET_KEY'>): Stripe {
  const base = new URL(config.STRIPE_API_BASE);
  const protocol = base.protocol === 'https:' ? 'https' : 'http';
  return new Stripe(config.STRIPE_SECRET_KEY, {
    host: base.hostname,
    port: base.port || (protocol === 'https' ? 443 : 80),
    protocol,
    timeout: 20_000,
    maxNetworkRetries: 2,
    telemetry: false,
  });
}
