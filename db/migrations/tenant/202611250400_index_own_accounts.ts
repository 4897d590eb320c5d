// What stands in accounts of the reseller's own is summed under the ledger's chain lock, when a transfer is ordered.
export const up = /* sql */ `
create index payments_own_account on payments (currency) where stripe_account is not null;
`;
