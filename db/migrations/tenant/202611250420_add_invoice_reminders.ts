// Reminders of what agencies have not paid. What is open is a debit of a wallet, mostly an invoice of a sale; each level of reminder is sent
// once, and no two reminders of the same thing on one day.
export const up = /* sql */ `
create table invoice_reminders (
  id uuid primary key,
  entry_id uuid not null references wallet_entries,
  level int not null check (level between 1 and 4),
  by_hand boolean not null,
  actor_id uuid,
  due_on date not null,
  open_minor bigint not null check (open_minor > 0),
  reminded_on date not null,
  created_at timestamptz not null,
  unique (entry_id, reminded_on)
);
create unique index invoice_reminders_level on invoice_reminders (entry_id, level) where not by_hand;

create table invoice_reminder_pauses (
  entry_id uuid primary key references wallet_entries,
  reason text not null,
  paused_by uuid,
  created_at timestamptz not null
);
create index wallet_entries_refunds on wallet_entries (wallet_id, booking_id) where kind = 'refund';
`;
