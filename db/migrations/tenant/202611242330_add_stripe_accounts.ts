// Connected accounts at Stripe: the reseller's own, which takes its payments once chosen, and those of agencies that are paid by transfer.
// What Stripe said of them last is kept, so that nothing asks Stripe while a customer waits. A payment remembers the account it was made in.
export const up = /* sql */ `
create table stripe_accounts (
  id uuid primary key,
  agency_id uuid unique nulls not distinct references agencies,
  account_id text not null unique,
  is_used boolean not null default false,
  details_submitted boolean not null,
  charges_enabled boolean not null,
  payouts_enabled boolean not null,
  transfers_active boolean not null,
  requirements jsonb not null,
  disabled_reason text,
  refreshed_at timestamptz not null,
  created_at timestamptz not null default now(),
  version int not null default 1
);
comment on table stripe_accounts is 'agency null: the reseller''s; used: payments are taken in it, or payouts go to it';

alter table payments add column stripe_account text;
alter table payments add column application_fee_minor bigint;
comment on column payments.stripe_account is 'connected account the payment was made in; null: the platform''s own';

create table application_fee_refunds (
  key text primary key,
  payment_id uuid not null references payments,
  amount_minor bigint not null check (amount_minor > 0),
  provider_id text unique,
  created_at timestamptz not null default now()
);

alter table payouts drop constraint payouts_method_check;
alter table payouts add constraint payouts_method_check check (method in ('sepa', 'manual', 'stripe'));
alter table payouts add column stripe_account text;
alter table payouts add column transfer_id text;
create unique index payouts_transfer on payouts (transfer_id);
`;
