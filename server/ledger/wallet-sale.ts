import { LedgerError, RESELLER_BOOK, agencyBook, buildPosting, credit, debit, partyOf } from './posting.ts';
import type { Entry, Posting } from './posting.ts';
import { agenciesOf, netParts } from './sale-parts.ts';
import type { AgencyLevel, SaleFigures } from './sale-parts.ts';

function agencyEntries(level: AgencyLevel, parentId: string | null, childId: string | undefined): Entry[] {
  const book = agencyBook(level.agencyId);
  return [
    debit(book, childId === undefined ? 'customer_receivable' : `wallet:${childId}`, level.sellPrice),
    credit(book, `payable:${partyOf(parentId)}`, level.buyPrice),
    credit(book, 'margin', level.markup),
    debit(book, 'receivable:reseller', level.commission),
    credit(book, 'commission_income', level.commission),
  ];
}

/**
 * A sale paid from wallets: every parent debits the wallet its child keeps with it, from the seller up to the reseller; the
 * seller collects from its own client. Commission is owed by statement. One posting per booking.
 */
export function buildWalletSale(sale: SaleFigures, bookingId: string): Posting {
  const agencies = agenciesOf(sale);
  const top = agencies[0];
  if (!top) throw new LedgerError('The reseller has no wallet with itself: a sale it makes is paid by card.');
  const { supplier, fxEarning } = netParts(sale);
  return buildPosting({
    source: 'booking',
    key: `${bookingId}/sale`,
    kind: 'wallet_sale',
    currency: sale.currency,
    entries: [
      debit(RESELLER_BOOK, `wallet:${top.agencyId}`, top.buyPrice),
      credit(RESELLER_BOOK, 'supplier_payable', supplier),
      credit(RESELLER_BOOK, 'fx_earnings', fxEarning),
      credit(RESELLER_BOOK, 'platform_payable', sale.platformFee.amount),
      ...agencies.map((level) => credit(RESELLER_BOOK, `commission_payable:${level.agencyId}`, level.commission)),
      credit(RESELLER_BOOK, 'margin', sale.resellerMargin),
      ...agencies.flatMap((level, i) =>
        agencyEntries(level, agencies[i - 1]?.agencyId ?? null, agencies[i + 1]?.agencyId),
      ),
    ],
  });
}

/** The edges a wallet sale debits, root first: who owes whom how much. */
export function walletEdgesOf(sale: SaleFigures): { parentId: string | null; childId: string; amount: number }[] {
  const agencies = agenciesOf(sale);
  return agencies.map((level, i) => ({
    parentId: agencies[i - 1]?.agencyId ?? null,
    childId: level.agencyId,
    amount: level.buyPrice,
  }));
}
