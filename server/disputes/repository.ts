import type { Knex } from 'knex';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { isOver, type DisputeFacts, type DisputeProgress, type DisputeState } from './dispute.ts';

export interface DisputeRow {
  id: string;
  provider_id: string;
  payment_id: string;
  booking_id: string;
  booking_reference: string;
  booking_title: string;
  stripe_account: string | null;
  state: DisputeState;
  reason: string;
  amount_minor: number;
  withdrawn_minor: number;
  returned_minor: number;
  clawed_back_minor: number;
  currency: string;
  due_at: Date | null;
  submitted_at: Date | null;
  opened_at: Date;
  closed_at: Date | null;
}

/** What a new answer is compared with. */
export interface KnownDispute extends DisputeProgress {
  id: string;
  amountMinor: number;
  closedAt: Date | null;
}

export const selectDisputes = (): Knex.QueryBuilder =>
  q('disputes as d')
    .join('bookings as b', 'b.id', 'd.booking_id')
    .join('payments as p', 'p.id', 'd.payment_id')
    .select('d.*', 'b.reference as booking_reference', 'b.title as booking_title', 'p.stripe_account');

export const findDispute = (sql: TenantSql, id: string): Promise<DisputeRow | undefined> =>
  sql.one<DisputeRow>(selectDisputes().where('d.id', id));

/** What is known of one of Stripe's disputes, locked for the rest of the transaction. */
export async function lockByProviderId(sql: TenantSql, providerId: string): Promise<KnownDispute | undefined> {
  const row = await sql.one<DisputeRow>(q('disputes').where({ provider_id: providerId }).forUpdate());
  return (
    row && {
      id: row.id,
      state: row.state,
      amountMinor: row.amount_minor,
      withdrawnMinor: row.withdrawn_minor,
      returnedMinor: row.returned_minor,
      closedAt: row.closed_at,
    }
  );
}

/** How the other disputes of a payment stand: banks may dispute it in parts. */
export async function othersOfPayment(
  sql: TenantSql,
  { id, paymentId }: { id: string; paymentId: string },
): Promise<{ isOneOpen: boolean; lostMinor: number }> {
  const others = await sql.all<{ state: DisputeState; amount: number }>(
    q('disputes')
      .where({ payment_id: paymentId })
      .whereNot({ id })
      .where('withdrawn_minor', '>', 0)
      .select('state', 'amount_minor as amount'),
  );
  return {
    isOneOpen: others.some(({ state }) => !isOver(state)),
    lostMinor: others.reduce((sum, { state, amount }) => (state === 'lost' ? sum + amount : sum), 0),
  };
}

/** Writes what Stripe said; answers the row's id. */
export async function writeDispute(
  sql: TenantSql,
  dispute: {
    known: KnownDispute | undefined;
    providerId: string;
    paymentId: string;
    bookingId: string;
    facts: DisputeFacts;
    now: Date;
  },
): Promise<string> {
  const { facts, now, known } = dispute;
  const columns = {
    state: facts.state,
    reason: facts.reason,
    amount_minor: facts.amountMinor,
    withdrawn_minor: facts.withdrawnMinor,
    returned_minor: facts.returnedMinor,
    due_at: facts.dueAt,
    closed_at: isOver(facts.state) ? (known?.closedAt ?? now) : null,
    updated_at: now,
  };
  if (known) {
    await sql.run(q('disputes').where({ id: known.id }).update(columns));
    return known.id;
  }
  const id = newId();
  await sql.run(
    q('disputes').insert({
      ...columns,
      id,
      provider_id: dispute.providerId,
      payment_id: dispute.paymentId,
      booking_id: dispute.bookingId,
      currency: facts.currency,
      opened_at: facts.openedAt,
    }),
  );
  return id;
}

/** Whether a bank has taken a booking's payment back: undecided, for good, or not. An inquiry moves nothing. */
export async function standingOfBooking(sql: TenantSql, bookingId: string): Promise<'none' | 'open' | 'lost'> {
  const taken = await sql.all<{ state: DisputeState }>(
    q('disputes').where({ booking_id: bookingId }).where('withdrawn_minor', '>', 0).select('state'),
  );
  if (taken.some(({ state }) => !isOver(state))) return 'open';
  return taken.some(({ state }) => state === 'lost') ? 'lost' : 'none';
}

/** What disputes gave back less what they took in connected accounts of the reseller's own, fees with it; minor units. */
export async function netOfOwnAccounts(sql: TenantSql, currency: string): Promise<number> {
  const row = await sql.one<{ total: number }>(
    q('payments as p')
      .join('disputes as d', 'd.payment_id', 'p.id')
      .whereNotNull('p.stripe_account')
      .where('p.currency', currency)
      .select(q.raw('coalesce(sum(d.returned_minor - d.withdrawn_minor), 0)::bigint as total')),
  );
  return row?.total ?? 0;
}

export const writeClawback = (sql: TenantSql, id: string, amountMinor: number): Promise<number> =>
  sql.run(q('disputes').where({ id }).update({ clawed_back_minor: amountMinor }));

export const writeSubmission = (sql: TenantSql, id: string, by: string | null, at: Date): Promise<number> =>
  sql.run(q('disputes').where({ id }).update({ submitted_at: at, submitted_by: by, updated_at: at }));
