// Whom Stripe knows as a customer: one for each owner (a person or an agency) in each account cards are taken in. The row is written before
// Stripe is asked, so that a kill in between makes no second one; it stays, empty, when the owner is forgotten, so that a creation under
// way then finds that it is not wanted. Cards are kept by Stripe only.
export const up = /* sql */ `
create table stripe_customers (
  id uuid primary key,
  owner_kind text not null check (owner_kind in ('user', 'agency')),
  owner_id uuid not null,
  stripe_account text,
  stripe_customer_id text,
  created_at timestamptz not null default now(),
  forgotten_at timestamptz
);
create unique index stripe_customers_owner on stripe_customers (owner_kind, owner_id, coalesce(stripe_account, ''));
`;
