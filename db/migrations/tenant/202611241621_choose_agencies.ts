// Which of a person's agencies a sign-in begins with; null is the one of the account itself.
export const up = /* sql */ `
alter table users add column default_membership_id uuid references memberships on delete set null;
create index memberships_agency on memberships (agency_id);
`;
