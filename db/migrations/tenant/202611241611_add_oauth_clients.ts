// Applications of third parties that people sign in to with an account of this reseller: who they are is set by its administrators.
export const up = /* sql */ `
create table oauth_clients (
  id uuid primary key,
  client_id text not null unique,
  name text not null check (length(name) between 2 and 80),
  application_type text not null check (application_type in ('web', 'native')),
  auth_method text not null check (auth_method in ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
  secret_encrypted text,
  jwks jsonb,
  redirect_uris text[] not null default '{}',
  post_logout_redirect_uris text[] not null default '{}',
  backchannel_logout_uri text,
  subject_type text not null check (subject_type in ('public', 'pairwise')),
  scopes text[] not null,
  require_par boolean not null default false,
  require_dpop boolean not null default false,
  device_flow boolean not null default false,
  state text not null default 'active' check (state in ('active', 'revoked')),
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  check ((auth_method like 'client\\_secret%') = (secret_encrypted is not null)),
  check ((auth_method = 'private_key_jwt') = (jwks is not null)),
  check ((application_type = 'native') = (auth_method = 'none')),
  check (cardinality(redirect_uris) > 0 or device_flow)
);
`;
