import { abilityFor, as } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { AGE_BUCKETS, type AgeBucket } from '../wallets/index.ts';
import type { ReceivableTotal } from './read-receivables.ts';
import type { ReceivableRow } from './repository.ts';
import type { ReceivableView } from './schema.ts';

export const presentReceivable = (row: ReceivableRow, reader: Actor): ReceivableView => ({
  id: row.id,
  agency: { id: row.agency_id, name: row.agency_name },
  invoice: row.invoice_id && row.invoice_number ? { id: row.invoice_id, number: row.invoice_number } : null,
  booking: row.booking_id && row.booking_reference ? { id: row.booking_id, reference: row.booking_reference } : null,
  reason: row.reason,
  open: { amount: row.open_minor, currency: row.currency },
  owedSince: row.created_at.toISOString(),
  dueOn: row.due_on,
  daysOverdue: row.days,
  reminder: row.last_level && row.reminded_at ? { level: row.last_level, sentAt: row.reminded_at.toISOString() } : null,
  pause: row.pause_reason && row.paused_at ? { reason: row.pause_reason, since: row.paused_at.toISOString() } : null,
  canChase: abilityFor(reader).can(
    'adjust',
    as('Wallet', { agencyId: row.agency_id, agencyPath: row.agency_path, parentAgencyId: row.parent_id }),
  ),
});

export function presentTotal({ currency, buckets }: ReceivableTotal) {
  const money = (amount: number) => ({ amount, currency });
  const sum = (of: readonly AgeBucket[]) => of.reduce((total, name) => total + buckets[name], 0);
  return {
    currency,
    owed: money(sum(AGE_BUCKETS)),
    overdue: money(sum(AGE_BUCKETS.filter((name) => name !== 'notDue'))),
    buckets: {
      notDue: money(buckets.notDue),
      upTo30: money(buckets.upTo30),
      upTo60: money(buckets.upTo60),
      upTo90: money(buckets.upTo90),
      over90: money(buckets.over90),
    },
  };
}
