import { adjust } from '../change-wallet.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { RequestContext, Tenant } from '../../kernel/http/context.ts';
import { must } from '../../kernel/must.ts';
import { RetryLater, type Consumer } from '../../kernel/outbox/consumers.ts';
import type { CollectPages, CollectStatus } from '../../payments/index.ts';
import { findTopUp, updateTopUp, type TopUpRow } from './repository.ts';
import { entryKeyOf, referenceOf } from './top-up.ts';

export interface CardDeps {
  database: Database;
  clock: Clock;
  pages: CollectPages;
}

/** Between two looks at a payment nobody told us of: webhooks are the fast way, this is the sure one. */
const POLL_SECONDS = 60;
/** A page that was never opened at the provider is given up after this long; longer than any page lives. */
const GIVE_UP_MS = 45 * 60_000;

/** Opens the provider's page for a top-up; a repeat opens the very same page. */
export async function openPage(
  deps: CardDeps,
  ctx: Pick<RequestContext, 'tenant' | 'brand' | 'actor' | 'locale'>,
  id: string,
): Promise<void> {
  const row = must(await findTopUp(deps.database.tenant(ctx.tenant), id), `the top-up ${id}`);
  if (row.state !== 'pending') return;
  const back = `${ctx.brand.origin}/console/agencies/${row.agency_id}/wallet`;
  const status = await deps.pages.open({
    topUpId: id,
    tenantId: ctx.tenant.id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    description: `${row.agency_name} · ${referenceOf(row.number)}`,
    email: ctx.actor.email,
    locale: ctx.locale,
    successUrl: `${back}?paid=${id}`,
    cancelUrl: back,
    startedAt: row.created_at,
  });
  await apply(deps, ctx.tenant, id, status);
}

/**
 * Asks the provider how a card top-up stands and writes what changed: what it says was paid is credited, once. Whatever order, number or
 * loss of webhooks leads here, the outcome is the same.
 */
export async function refreshTopUp(deps: CardDeps, tenant: Tenant, id: string): Promise<TopUpRow | undefined> {
  const row = await findTopUp(deps.database.tenant(tenant), id);
  if (!row || row.method === 'transfer' || row.state !== 'pending') return row;
  const status = await deps.pages.read({ sessionId: row.checkout_session_id, intentId: row.intent_id });
  if (status) return apply(deps, tenant, id, status);
  const isStale = deps.clock.now().getTime() - row.created_at.getTime() > GIVE_UP_MS;
  return isStale ? apply(deps, tenant, id, { ...NOTHING, state: 'expired' }) : row;
}

const NOTHING = { sessionId: null, intentId: null, url: null, receivedMinor: 0, currency: null, failureCode: null };

/** Writes a status of the provider's, with the credit it stands for, in one transaction. */
export async function apply(
  { database, clock }: Pick<CardDeps, 'database' | 'clock'>,
  tenant: Tenant,
  id: string,
  status: CollectStatus,
): Promise<TopUpRow> {
  return database.withTenant(tenant, async (sql) => {
    const row = must(await findTopUp(sql, id, { lock: true }), `the top-up ${id}`);
    if (row.state !== 'pending') return row;
    const state = ({ paid: 'credited', expired: 'expired', failed: 'failed' } as const)[String(status.state)];
    if (state === 'credited') {
      if (status.currency !== row.currency)
        throw new Error(`Top-up ${id} is in ${row.currency}, the provider took ${String(status.currency)}`);
      await adjust(sql, {
        agencyId: row.agency_id,
        amountMinor: status.receivedMinor,
        kind: 'top_up',
        through: 'psp_clearing',
        reason: referenceOf(row.number),
        key: entryKeyOf(id),
        topUpId: id,
        actorId: row.asked_by,
        occurredAt: clock.now(),
      });
    }
    await updateTopUp(sql, id, {
      checkout_session_id: status.sessionId ?? row.checkout_session_id,
      intent_id: status.intentId ?? row.intent_id,
      action_url: state === undefined ? status.url : null,
      failure_code: status.failureCode,
      ...(state === undefined ? {} : { state, decided_at: clock.now() }),
    });
    return must(await findTopUp(sql, id), `the top-up ${id}`);
  });
}

/** Looks at a card top-up when the provider tells of it, and every minute until it is over. */
export const topUpConsumer = (deps: CardDeps): Consumer => ({
  name: 'wallets.refresh_top_up',
  kinds: ['wallet.provider_event@1', 'wallet.top_up_opened@1'],
  async handle(event, tenant) {
    const row = await refreshTopUp(deps, tenant, String(event.payload.topUpId));
    if (event.kind === 'wallet.top_up_opened@1' && row?.state === 'pending')
      throw new RetryLater(POLL_SECONDS, 'waiting for the payment');
  },
});
