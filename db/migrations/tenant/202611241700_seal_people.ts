// E-mail addresses and names are stored sealed. An address is found by its blind index, a name by terms made of its words; both are keyed
// hashes. Rows of before keep their clear text until `portolan keys seal` (which `migrate` runs) has reached them: readers take both.
export const up = /* sql */ `
alter table users drop constraint users_email_check;
alter table users add column email_index text, add column name_terms text[] not null default '{}';
create unique index users_email_index on users (email_index);
create index users_name_terms on users using gin (name_terms);

alter table invitations drop constraint invitations_email_check;
alter table invitations add column email_index text;
create unique index invitations_open_index on invitations (email_index) where accepted_at is null;
`;
