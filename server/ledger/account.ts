import { LedgerError } from './posting.ts';

export type AccountKind = 'asset' | 'liability' | 'income' | 'expense' | 'equity';

/** Chart of accounts: the group is the part of a code before the colon, the rest names the other party. */
const KINDS: Readonly<Record<string, AccountKind>> = {
  psp_clearing: 'asset',
  bank_clearing: 'asset',
  receivable: 'asset',
  customer_receivable: 'asset',
  // What a closed statement has taken over from receivable and not yet paid, and what it holds back.
  settlement_receivable: 'asset',
  reserve_receivable: 'asset',
  // A parent's claim on its child; in credit while the child has paid in advance.
  wallet: 'asset',
  supplier_payable: 'liability',
  platform_payable: 'liability',
  // What the platform has invoiced, until it is paid; and the plan's monthly fee.
  platform_invoice_payable: 'liability',
  platform_subscription: 'expense',
  agency_payable: 'liability',
  commission_payable: 'liability',
  payable: 'liability',
  // In debit while the agency owes the reseller more than it earned: carried to its next statement.
  settlement_payable: 'liability',
  settlement_reserve: 'liability',
  // VAT inside the margin of trips sold in one's own name, owed to the tax office.
  vat_payable: 'liability',
  // VAT on top of invoices.
  ordinary_vat_payable: 'liability',
  // What credit notes by hand promised to a buyer, beside any refund; and what a seller promised to this book.
  customer_credit: 'liability',
  supplier_credit: 'asset',
  margin: 'income',
  commission_income: 'income',
  // What the spread on an exchange rate earns, and what the market moved between a sale and its refund.
  fx_earnings: 'income',
  fx_gain_loss: 'income',
  // What was given and got when a wallet's money changed its currency, each in its own: together they are the book's open position.
  fx_clearing: 'asset',
  // What a parent's spread cost the child that exchanged.
  fx_costs: 'expense',
  psp_fees: 'expense',
  // What banks took back of card payments and have not decided; what was lost for good, with the fees.
  disputes: 'asset',
  dispute_losses: 'expense',
  // Takes from `margin` the VAT that is included in it.
  margin_vat: 'expense',
  wallet_adjustments: 'expense',
  commission_adjustments: 'expense',
  reconciliation_differences: 'expense',
};

/** Parts of an account code: `wallet:<agency>` is group `wallet` with that party; `receivable:reseller` has the reseller as party. */
export function splitCode(code: string): { group: string; party: string | null } {
  const colon = code.indexOf(':');
  return colon === -1 ? { group: code, party: null } : { group: code.slice(0, colon), party: code.slice(colon + 1) };
}

/** Kind of an account by its code. Throws LedgerError for a code outside the chart. */
export function accountKind(code: string): AccountKind {
  const kind = KINDS[splitCode(code).group];
  if (!kind)
    throw new LedgerError(`"${code}" is not in the chart of accounts; add its group to account.ts with its kind.`);
  return kind;
}
