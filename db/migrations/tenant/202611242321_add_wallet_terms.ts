// On what terms a wallet may owe, and whom it was told that it is low, short or overdue: each is said once, not with every booking.
export const up = /* sql */ `
alter table wallets add column payment_days int check (payment_days between 0 and 180);
alter table wallets add column grace_days int check (grace_days between 0 and 180);
alter table wallets add column low_minor bigint check (low_minor >= 0);
alter table wallets add column low_told_at timestamptz;
alter table wallets add column short_told_at timestamptz;
alter table wallets add column overdue_told_at timestamptz;
comment on column wallets.payment_days is 'days until a debit is due; null: it never is';
comment on column wallets.grace_days is 'days after which what is overdue blocks new bookings; null: it never does';
comment on column wallets.low_minor is 'the agency is told when less is left to spend; null: a fifth of the credit limit';
comment on column wallets.low_told_at is 'set while less than low_minor is left';
`;
