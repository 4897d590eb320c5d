// The currency of a plan's monthly fee: a number without one is charged to nobody. Plans whose tenants all have one currency were meant in it.
export const up = /* sql */ `
alter table plans add column monthly_currency char(3) check (monthly_currency ~ '^[A-Z]{3}$');
update plans p set monthly_currency = (
  select min(t.currency) from tenants t where t.plan = p.code having count(distinct t.currency) = 1
) where monthly_minor > 0;
`;
