// What refunds have taken back of a commission: what was granted stays readable beside it.
export const up = /* sql */ `
alter table commissions add column reversed_minor bigint;
alter table commissions alter column reversed_minor set default 0;
update commissions set reversed_minor = 0;
alter table commissions alter column reversed_minor set not null;
alter table commissions add constraint commissions_reversed_within_amount check (reversed_minor between 0 and amount_minor);
create index commissions_due on commissions (payable_at) where state = 'pending';
`;
