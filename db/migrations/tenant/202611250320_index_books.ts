// What is read under the ledger's chain lock is found by an index: a trip's postings, those of a day, an invoice's corrections. And trips of
// agencies by the day they end, which tier reviews sum.
export const up = /* sql */ `
create index ledger_transactions_booking on ledger_transactions (booking_id) where booking_id is not null;
create index ledger_transactions_occurred on ledger_transactions (occurred_at);
create index invoices_corrects on invoices (corrects_id) where corrects_id is not null;
create index bookings_travelled on bookings (ends_on) where agency_id is not null;
`;
