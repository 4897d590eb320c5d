// Companies that ask to sell in a reseller's network: what they tell of themselves, their papers, and what was said about them. Everything
// that names a person, an account or a paper is sealed; the name of the company and its country are not, a list is read by them.
export const up = /* sql */ `
create table agency_applications (
  id uuid primary key,
  brand_id uuid not null references brands,
  parent_agency_id uuid references agencies,
  state text not null check (state in ('draft', 'submitted', 'information_requested', 'approved', 'rejected')),
  company_name text not null check (length(company_name) between 2 and 160),
  country char(2) not null,
  locale text not null check (locale in ('en', 'es')),
  details_encrypted text not null,
  email_index text not null,
  tax_index text not null,
  token_hash text not null unique,
  token_expires_at timestamptz not null,
  terms_version text not null,
  terms_accepted_at timestamptz not null,
  terms_address_encrypted text not null,
  checks text[] not null default '{}',
  submitted_at timestamptz,
  decided_at timestamptz,
  decided_by uuid,
  agency_id uuid unique references agencies,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  check ((state = 'approved') = (agency_id is not null)),
  check ((state in ('approved', 'rejected')) = (decided_at is not null)),
  check (state = 'draft' or submitted_at is not null)
);
comment on column agency_applications.parent_agency_id is 'whose brand it came in at; null: the reseller''s own';
comment on column agency_applications.token_hash is 'digest of the link that proves the address and opens the application for its applicant';
create index agency_applications_state on agency_applications (state, id);
create index agency_applications_email on agency_applications (email_index, created_at);
create index agency_applications_tax on agency_applications (tax_index);
create index agency_applications_parent on agency_applications (parent_agency_id);

create table agency_application_documents (
  id uuid primary key,
  application_id uuid not null references agency_applications on delete cascade,
  kind text not null check (kind in ('licence', 'registration', 'tax_certificate', 'insurance', 'bank_certificate', 'identity', 'other')),
  content_type text not null check (content_type in ('application/pdf', 'image/png')),
  content_encrypted text not null,
  bytes int not null check (bytes between 1 and 8388608),
  digest text not null,
  created_at timestamptz not null default now()
);
create index agency_application_documents_application on agency_application_documents (application_id);
alter table agency_application_documents alter column content_encrypted set storage external;

create table agency_application_events (
  id uuid primary key,
  application_id uuid not null references agency_applications on delete cascade,
  kind text not null check (kind in ('submitted', 'note', 'information_requested', 'approved', 'rejected')),
  actor_id uuid,
  actor_encrypted text,
  text_encrypted text,
  created_at timestamptz not null default now()
);
create index agency_application_events_application on agency_application_events (application_id, id);
comment on table agency_application_events is 'a note is for those who review; the text of a request and of a rejection was mailed to the applicant';
`;
