// The rows there are, checked without the lock that adding the constraint took.
export const up = /* sql */ `
alter table wallet_entries validate constraint wallet_entries_kind_check;
`;
