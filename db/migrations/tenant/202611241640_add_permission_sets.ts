// What colleagues of the reseller may do is chosen by the reseller (named sets of permissions), and what a program may do by whoever
// makes its client (scopes; null: all of its role, as for clients made before).
export const up = /* sql */ `
create table permission_sets (
  id uuid primary key,
  name text not null,
  description text not null,
  permissions text[] not null,
  version int not null,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index permission_sets_name on permission_sets (lower(name));
alter table users add column permission_set_id uuid references permission_sets;
alter table users add constraint users_set_is_of_staff check (permission_set_id is null or role = 'reseller_staff');
create index users_permission_set on users (permission_set_id) where permission_set_id is not null;
alter table invitations add column permission_set_id uuid references permission_sets;
create index invitations_permission_set on invitations (permission_set_id) where permission_set_id is not null;
alter table api_clients add column scopes text[];
`;
