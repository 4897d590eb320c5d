// How old a wallet's debt is, is asked while a booking holds the wallets' locks: debits alone, newest first, summed from the index.
export const up = /* sql */ `
create index wallet_entries_debits on wallet_entries (wallet_id, created_at desc, id desc) include (amount_minor)
  where kind in ('capture', 'adjustment') and amount_minor < 0;
`;
