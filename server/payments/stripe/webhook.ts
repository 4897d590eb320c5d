import type { Middleware } from 'koa';
import type Stripe from 'stripe';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { isUuid } from '../../kernel/ids.ts';
import { emitEvent, type DomainEvent } from '../../kernel/outbox/emit.ts';
import { WebhookRefused } from '../errors.ts';
import { recordWebhook } from '../repository.ts';

const TOLERANCE_SECONDS = 300;
const MAX_BYTES = 512 * 1024;

interface OurMetadata {
  tenant_id?: string;
  payment_id?: string;
  top_up_id?: string;
}

/**
 * `POST /webhooks/stripe`: checks the signature over the raw body, writes the receipt and an event in one transaction, answers 200.
 * What changed is asked of Stripe later, so a duplicate, late or reordered delivery does no harm. Events that are not ours (no metadata)
 * are acknowledged and dropped.
 * @see https://docs.stripe.com/webhooks
 */
export function createStripeWebhook(deps: { stripe: Stripe; secret: string; database: Database; clock: Clock }) {
  return (findTenant: (id: string) => Promise<Tenant | undefined>): Middleware =>
    async (ctx) => {
      const body = await readRaw(ctx.req);
      const event = verify(deps, body, ctx.get('stripe-signature'));
      const metadata = (event.data.object as { metadata?: OurMetadata }).metadata ?? {};
      ctx.body = { received: true };
      const told = eventOf(metadata, event.type);
      if (!told || !isUuid(metadata.tenant_id ?? '')) return;
      const tenant = await findTenant(metadata.tenant_id ?? '');
      // On a tenant's own host only that tenant's events are taken.
      const hostTenant = (ctx.state as { tenant?: Tenant }).tenant;
      if (!tenant || (hostTenant && hostTenant.id !== tenant.id))
        throw WebhookRefused({ reason: 'the event belongs to no tenant of this host' });
      await deps.database.withTenant(tenant, async (sql) => {
        if (!(await recordWebhook(sql, 'stripe', event.id, event.type))) return;
        await emitEvent(sql, told);
      });
    };
}

/** What an event of Stripe's is about: a booking's payment, or a top-up of a wallet. */
function eventOf({ payment_id: paymentId, top_up_id: topUpId }: OurMetadata, type: string): DomainEvent | undefined {
  if (paymentId && isUuid(paymentId)) return { kind: 'payment.provider_event@1', payload: { paymentId, type } };
  if (topUpId && isUuid(topUpId)) return { kind: 'wallet.provider_event@1', payload: { topUpId, type } };
  return undefined;
}

function verify(
  { stripe, secret, clock }: { stripe: Stripe; secret: string; clock: Clock },
  body: Buffer,
  header: string,
): Stripe.Event {
  const stamp = Number(/(?:^|,)t=(\d+)/.exec(header)?.[1] ?? Number.NaN);
  const now = clock.now().getTime() / 1000;
  // constructEvent refuses old stamps but accepts any from the future.
  if (!(stamp <= now + TOLERANCE_SECONDS))
    throw WebhookRefused({ reason: 'the timestamp is missing or lies in the future' });
  try {
    return stripe.webhooks.constructEvent(body, header, secret, TOLERANCE_SECONDS);
  } catch (error) {
    throw WebhookRefused({ reason: (error as Error).message.split('\n')[0] ?? 'bad signature' });
  }
}

async function readRaw(request: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Buffer);
    size += bytes.length;
    if (size > MAX_BYTES) throw WebhookRefused({ reason: 'the body is larger than 512 kB' });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
