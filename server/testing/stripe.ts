import Stripe from 'stripe';
import { expect } from 'vitest';
import type { PlatformWorld } from './platform-world.ts';

/** Stripe's own client against the sandbox of a world; what fails is not tried again. */
export function stripeOf(world: PlatformWorld): Stripe {
  const { hostname: host, port } = new URL(world.sandboxes.urls.stripe);
  const options = { host, port, protocol: 'http' as const, telemetry: false, maxNetworkRetries: 0 };
  return new Stripe(world.config.STRIPE_SECRET_KEY, options);
}

/** Waits until the sandbox has delivered every webhook. */
export async function allDelivered({ sandboxes }: PlatformWorld): Promise<void> {
  await expect
    .poll(
      async () => {
        const { data } = await sandboxes.control<{ data: { state: string }[] }>('stripe', 'GET', 'deliveries');
        return data.filter(({ state }) => state === 'pending').length;
      },
      { timeout: 30_000 },
    )
    .toBe(0);
}

/** The body of an answer that must be a success. */
export function ok<T>(answer: { status: number; text: string; body: unknown }): T {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body as T;
}
