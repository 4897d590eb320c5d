import type { Middleware } from 'koa';
import type Stripe from 'stripe';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Tenant } from '../../kernel/http/context.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { WebhookRefused } from '../errors.ts';
import { recordWebhook } from '../repository.ts';
import { targetOf } from './webhook-target.ts';

const TOLERANCE_SECONDS = 300;
const MAX_BYTES = 512 * 1024;

/**
 * `POST /webhooks/stripe`: checks the signature over the raw body, writes the receipt and an event in one transaction, answers 200.
 * What changed is asked of Stripe later, so a duplicate, late or reordered delivery does no harm. Events that are not ours (no metadata,
 * or about an account that is not the tenant's) are acknowledged and dropped.
 * @see https://docs.stripe.com/webhooks
 */
export function createStripeWebhook(deps: {
  stripe: Stripe;
  /** Each endpoint at Stripe has its own: one for the platform's events, one for those of connected accounts. */
  secrets: readonly string[];
  database: Database;
  clock: Clock;
  ownsAccount(sql: TenantSql, accountId: string): Promise<boolean>;
}) {
  return (findTenant: (id: string) => Promise<Tenant | undefined>): Middleware =>
    async (ctx) => {
      const body = await readRaw(ctx.req);
      const event = verify(deps, body, ctx.get('stripe-signature'));
      const target = await targetOf(deps, event);
      ctx.body = { received: true };
      if (!target) return;
      const tenant = await findTenant(target.tenantId);
      // On a tenant's own host only that tenant's events are taken.
      const hostTenant = (ctx.state as { tenant?: Tenant }).tenant;
      if (!tenant || (hostTenant && hostTenant.id !== tenant.id))
        throw WebhookRefused({ reason: 'the event belongs to no tenant of this host' });
      await deps.database.withTenant(tenant, async (sql) => {
        if (!(await target.isOurs(sql))) return;
        if (await recordWebhook(sql, 'stripe', event.id, event.type)) await emitEvent(sql, target.event);
      });
    };
}

function verify(
  { stripe, secrets, clock }: { stripe: Stripe; secrets: readonly string[]; clock: Clock },
  body: Buffer,
  header: string,
): Stripe.Event {
  const stamp = Number(/(?:^|,)t=(\d+)/.exec(header)?.[1] ?? Number.NaN);
  const now = clock.now().getTime() / 1000;
  // constructEvent refuses old stamps but accepts any from the future.
  if (!(stamp <= now + TOLERANCE_SECONDS))
    throw WebhookRefused({ reason: 'the timestamp is missing or lies in the future' });
  let reason = 'bad signature';
  for (const secret of secrets)
    try {
      return stripe.webhooks.constructEvent(body, header, secret, TOLERANCE_SECONDS);
    } catch (error) {
      reason = (error as Error).message.split('\n')[0] ?? reason;
    }
  throw WebhookRefused({ reason });
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
