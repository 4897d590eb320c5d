// What a supplier asks in another currency is sold at a rate the reseller set or let import: the current one of each currency, and every
// one there ever was, because quotes and refunds name them. The middle rate is the decimal as it was given, never a binary fraction.
export const up = /* sql */ `
create table exchange_rates (
  currency char(3) primary key check (currency ~ '^[A-Z]{3}$'),
  mid text not null check (mid ~ '^[0-9]{1,12}([.][0-9]{1,12})?$' and mid::numeric > 0),
  source text not null check (length(source) between 1 and 80),
  quoted_at timestamptz not null,
  changed_by uuid,
  updated_at timestamptz not null default now(),
  version int not null default 1
);
comment on column exchange_rates.mid is 'one unit of this currency in the reseller''s own, before its spread';
comment on column exchange_rates.quoted_at is 'when the market stood there; the age of the rate counts from it';

create table exchange_rate_history (
  id bigint generated always as identity primary key,
  currency char(3) not null,
  mid text,
  source text not null,
  quoted_at timestamptz not null,
  changed_by uuid,
  recorded_at timestamptz not null default now()
);
comment on column exchange_rate_history.mid is 'null: the rate was taken away';
create index exchange_rate_history_currency on exchange_rate_history (currency, id desc);

create function keep_exchange_rate() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    insert into exchange_rate_history (currency, mid, source, quoted_at) values (old.currency, null, old.source, old.quoted_at);
  else
    insert into exchange_rate_history (currency, mid, source, quoted_at, changed_by)
    values (new.currency, new.mid, new.source, new.quoted_at, new.changed_by);
  end if;
  return null;
end $$;
create trigger exchange_rates_history after insert or update or delete on exchange_rates
  for each row execute function keep_exchange_rate();
create trigger exchange_rate_history_immutable before update or delete on exchange_rate_history
  for each row execute function refuse_change();

create table exchange_settings (
  id boolean primary key default true check (id),
  spread_bp int not null default 0 check (spread_bp between 0 and 5000),
  max_age_hours int not null default 120 check (max_age_hours between 1 and 8760),
  takes_feed boolean not null default false,
  version int not null default 1
);
insert into exchange_settings default values;
`;
