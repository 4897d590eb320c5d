// What the platform charges resellers: a plan's monthly fee and the fees of their sales, one invoice a tenant and month, numbered without
// gaps. An invoice never changes but for its payment.
export const up = /* sql */ `
alter table plans add column monthly_minor bigint check (monthly_minor >= 0);
update plans set monthly_minor = 0;
alter table plans alter column monthly_minor set default 0, alter column monthly_minor set not null;

create table platform_invoice_series (
  year int primary key,
  next_number int not null
);

create table platform_invoices (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  month date not null check (extract(day from month) = 1),
  number text not null unique,
  plan text not null,
  plan_name text not null,
  customer jsonb not null,
  currency char(3) not null,
  monthly_minor bigint not null,
  fees_minor bigint not null,
  taken_minor bigint not null,
  total_minor bigint not null check (total_minor = monthly_minor + fees_minor - taken_minor),
  issued_at timestamptz not null,
  due_on date not null,
  paid_at timestamptz,
  payment_reference text,
  unique (tenant_id, month)
);

create function refuse_platform_invoice_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.paid_at is null
    and (to_jsonb(new) - 'paid_at' - 'payment_reference') = (to_jsonb(old) - 'paid_at' - 'payment_reference') then
    return new;
  end if;
  raise exception 'platform invoices never change' using errcode = '23514', constraint = 'platform_invoices_immutable';
end $$;
create trigger platform_invoices_immutable before update or delete on platform_invoices
  for each row execute function refuse_platform_invoice_change();
`;
