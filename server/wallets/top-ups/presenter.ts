import { abilityFor, as } from '../../access/index.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { accessOf } from './read-top-ups.ts';
import type { TopUpRow } from './repository.ts';
import type { TopUpView } from './schema.ts';
import { referenceOf } from './top-up.ts';

/** A top-up as its agency, or somebody above it, sees it. */
export function presentTopUp(row: TopUpRow, reader: { actor: Actor; resellerName: string }): TopUpView {
  const can = (action: 'update' | 'adjust') => abilityFor(reader.actor).can(action, as('Wallet', accessOf(row)));
  const waits = row.state === 'pending' && row.method === 'transfer';
  return {
    id: row.id,
    reference: referenceOf(row.number),
    agency: { id: row.agency_id, name: row.agency_name },
    parent: { id: row.parent_id, name: row.parent_name ?? reader.resellerName },
    method: row.method,
    state: row.state,
    amount: { amount: row.amount_minor, currency: row.currency },
    paidOn: row.paid_on,
    refusal: row.refusal,
    failureCode: row.failure_code,
    actionUrl: row.state === 'pending' && can('update') ? row.action_url : null,
    hasProof: row.has_proof,
    may: {
      attach: waits && can('update'),
      withdraw: waits && can('update'),
      decide: waits && can('adjust') && row.asked_by !== reader.actor.id,
    },
    createdAt: row.created_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
  };
}
