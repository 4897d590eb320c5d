import { abilityFor, as } from '../access/index.ts';
import { API_BASE } from '../kernel/http/api.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { PayoutAccount } from './payout-account.ts';
import type { PayoutFileRow, PayoutRow, Skipped } from './payout-files.ts';
import { addDays } from './period.ts';
import type { LineRow, StatementRow } from './repository.ts';
import type {
  PayoutAccountView,
  PayoutFileView,
  PayoutView,
  StatementLineView,
  StatementView,
  TermsView,
} from './schema.ts';
import { NEXT_STATES, statementNumber, type StatementState } from './statement.ts';
import type { Terms } from './terms.ts';

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

export function presentStatement(row: StatementRow, actor: Actor): StatementView {
  const money = (amount: number) => ({ amount, currency: row.currency });
  const can = (action: string) => abilityFor(actor).can(action, as('Settlement', { agencyId: row.agency_id }));
  const leads = (to: StatementState) => NEXT_STATES[row.state].includes(to);
  const isAtStripe = row.payout_method === 'stripe';
  const isSent = row.payout_state !== null && row.payout_state !== 'returned';
  return {
    id: row.id,
    number: statementNumber(row.number),
    agency: { id: row.agency_id, name: row.agency_name },
    state: row.state,
    period: row.period,
    from: row.period_start,
    to: addDays(row.period_end, -1),
    released: money(row.released_minor),
    clawbacks: money(row.clawbacks_minor),
    memos: money(row.memos_minor),
    carriedIn: money(row.carried_in_minor),
    reserveReleased: money(row.reserve_released_minor),
    reserve: money(row.reserve_minor),
    payout: money(row.payout_minor),
    carriedOut: money(row.carried_out_minor),
    reserveUntil: row.reserve_until,
    closedAt: iso(row.closed_at),
    approvedAt: iso(row.approved_at),
    paidAt: iso(row.paid_at),
    returnReason: row.return_reason,
    payment:
      row.payout_id !== null && row.payout_method !== null && row.payout_state !== null
        ? {
            id: row.payout_id,
            method: row.payout_method,
            state: row.payout_state,
            fileId: row.payout_file_id,
            reference: row.payout_reference,
          }
        : null,
    may: {
      approve: leads('approved') && can('approve'),
      pay: row.state === 'approved' && !(isSent && isAtStripe) && can('update'),
      transfer: row.state === 'approved' && !isSent && can('update'),
      markReturned: leads('returned') && isSent && !isAtStripe && can('update'),
      reopen: leads('reopened') && can('update'),
    },
  };
}

export const presentLine = (row: LineRow, currency: string): StatementLineView => ({
  position: row.position,
  kind: row.kind,
  booking:
    row.booking_id !== null && row.booking_reference !== null
      ? { id: row.booking_id, reference: row.booking_reference, title: row.booking_title ?? '' }
      : null,
  reason: row.reason,
  amount: { amount: row.amount_minor, currency },
  happenedAt: row.happened_at.toISOString(),
});

export const presentPayout = (row: PayoutRow): PayoutView => ({
  id: row.id,
  statement: { id: row.statement_id, number: statementNumber(row.statement_number) },
  agency: { id: row.agency_id, name: row.agency_name },
  method: row.method,
  state: row.state,
  amount: { amount: row.amount_minor, currency: row.currency },
  account: row.iban_hint,
  fileId: row.file_id,
  reference: row.reference,
  returnReason: row.return_reason,
  sentAt: row.sent_at.toISOString(),
  paidAt: iso(row.paid_at),
  returnedAt: iso(row.returned_at),
});

export const presentFile = (row: PayoutFileRow, skipped?: Skipped[]): PayoutFileView => ({
  id: row.id,
  messageId: row.message_id,
  executionOn: row.execution_on,
  payouts: row.payouts,
  total: { amount: row.total_minor, currency: row.currency },
  xmlUrl: `${API_BASE}/payout-files/${row.id}/xml`,
  sent: row.sent,
  ...(skipped ? { skipped } : {}),
  createdAt: row.created_at.toISOString(),
});

export const presentAccount = (account: PayoutAccount): PayoutAccountView => ({
  holder: account.holder,
  account: account.ibanHint,
  bic: account.bic,
  isConfirmed: account.isConfirmed,
  updatedAt: account.updatedAt.toISOString(),
  version: account.version,
});

export const presentTerms = (terms: Terms, isOwn: boolean, currency: string): TermsView => ({
  period: terms.period,
  reserveBasisPoints: terms.reserveBp,
  reserveDays: terms.reserveDays,
  minimumPayout: terms.minimumPayout,
  currency,
  isOwn,
});
