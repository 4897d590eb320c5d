// A company whose NIF changes begins a chain of its own; the one before stays as history. One chain at a time is in use.
export const up = /* sql */ `
alter table verifactu_issuers add column retired_at timestamptz;
alter table verifactu_issuers drop constraint verifactu_issuers_agency_id_key;
create unique index verifactu_issuers_in_use on verifactu_issuers (agency_id) nulls not distinct where retired_at is null;
`;
