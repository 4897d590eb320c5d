// Pictures of a brand's look, made anew from what was uploaded, and the pages a brand writes itself (about, terms, help).
export const up = /* sql */ `
create table files (
  id uuid primary key,
  brand_id uuid not null references brands,
  purpose text not null check (purpose in ('logo', 'favicon', 'hero')),
  content_type text not null check (content_type in ('image/png', 'image/webp')),
  data bytea not null check (octet_length(data) between 1 and 4194304),
  digest text not null,
  width int not null,
  height int not null,
  uploaded_by uuid,
  created_at timestamptz not null default now(),
  published_at timestamptz
);
create index files_brand on files (brand_id, created_at);
alter table files alter column data set storage external;

create table pages (
  id uuid primary key,
  brand_id uuid not null references brands,
  slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,39}$'),
  locale text not null check (locale in ('en', 'es')),
  title text not null check (length(title) between 1 and 120),
  source text not null check (octet_length(source) <= 65536),
  html text not null check (octet_length(html) <= 262144),
  state text not null check (state in ('draft', 'published')),
  updated_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  unique (brand_id, slug, locale)
);
`;
