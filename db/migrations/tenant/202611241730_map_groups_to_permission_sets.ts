// A group at an employer's provider can stand for a permission set, not for a role alone; and the sign-in policy gets a version, as people edit it.
export const up = /* sql */ `
alter table identity_provider_mappings add column permission_set_id uuid references permission_sets;
alter table identity_provider_mappings add constraint identity_provider_mappings_set_is_of_staff
  check (permission_set_id is null or role = 'reseller_staff');
create index identity_provider_mappings_set on identity_provider_mappings (permission_set_id)
  where permission_set_id is not null;
alter table sign_in_policy add column version int not null default 1;
`;
