// When a person's data were erased, and what a person agreed to.
export const up = /* sql */ `
alter table users add column erased_at timestamptz;

create table consents (
  id uuid primary key,
  user_id uuid not null references users,
  document text not null check (document in ('terms')),
  version text not null,
  locale text not null,
  brand_id uuid not null references brands,
  accepted_at timestamptz not null default now()
);
create index consents_user on consents (user_id, accepted_at);
`;
