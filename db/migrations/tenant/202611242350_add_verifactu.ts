// Records of issued invoices in the form the Spanish tax agency lays down (RD 1007/2023, Orden HAC/1177/2024), for issuers that chose it: a
// chain of hashes per issuer. PostgreSQL refuses an invoice of such an issuer without its record, and any change of a record. A record names
// no customer: its XML is written from the invoice when it is asked for.
export const up = /* sql */ `
create table verifactu_issuers (
  nif text primary key,
  agency_id uuid unique nulls not distinct references agencies,
  enabled boolean not null,
  remits boolean not null,
  sequence bigint not null,
  last_hash text not null,
  updated_at timestamptz not null default now()
);

create table verifactu_records (
  id uuid primary key,
  nif text not null references verifactu_issuers,
  sequence bigint not null,
  invoice_id uuid not null unique references invoices,
  number text not null,
  issued_on date not null,
  type text not null check (type in ('F1', 'F2', 'R1', 'R5')),
  base_minor bigint not null,
  exempt_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  rate_bp int not null,
  generated_at text not null,
  remits boolean not null,
  previous_hash text not null,
  hash text not null,
  unique (nif, sequence)
);
create trigger verifactu_records_immutable before update or delete on verifactu_records for each row execute function refuse_change();

create function check_verifactu_record() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from verifactu_issuers i
    where i.enabled and i.agency_id is not distinct from (new.issuer ->> 'agencyId')::uuid
  ) and not exists (select 1 from verifactu_records r where r.invoice_id = new.id) then
    raise exception 'invoice % has no VeriFactu record', new.full_number using errcode = '23514', constraint = 'invoices_recorded';
  end if;
  return null;
end $$;
create constraint trigger invoices_recorded after insert on invoices
  deferrable initially deferred for each row execute function check_verifactu_record();
`;
