// Reconciliation asks for postings by the other side's name for them (a dispute, a top-up), which is one part of the posting's key; a booking's
// own are found by their booking. Lines keep our own id, so that all movements of one thing are summed, on whichever day they came.
export const up = /* sql */ `
create index ledger_transactions_key_parts on ledger_transactions using gin (string_to_array(key, '/'))
  where source not in ('booking', 'refund', 'credit_note');
alter table reconciliation_lines add column our_id text;
comment on column reconciliation_lines.our_id is 'our own id for what it is, where it is no booking''s: a top-up, a payout';
create index reconciliation_lines_name on reconciliation_lines (coalesce(our_id, reference));
`;
