// Months of the ledger that are closed: nothing is posted into them any more. And an index that reads one account newest first.
export const up = /* sql */ `
create table ledger_months (
  month date primary key check (extract(day from month) = 1),
  sequence bigint not null,
  hash text not null,
  closed_at timestamptz not null,
  closed_by uuid
);
comment on table ledger_months is 'closed months; all before the last of them are closed too. Number and hash: end of the journal when it was closed';

create function refuse_closed_month() returns trigger language plpgsql as $$
begin
  if new.occurred_at < (select (max(month) + interval '1 month') at time zone 'UTC' from ledger_months) then
    raise exception 'the month of % is closed', new.occurred_at using errcode = '23514', constraint = 'ledger_month_closed';
  end if;
  return new;
end $$;
create trigger ledger_transactions_open_month before insert on ledger_transactions for each row execute function refuse_closed_month();

create index ledger_entries_statement on ledger_entries (account_id, id);
drop index ledger_entries_account;
create index ledger_entries_book on ledger_entries (book_id, transaction_id);
`;
