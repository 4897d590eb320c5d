import { RESELLER_BOOK, agencyBook, buildPosting, credit, debit } from './posting.ts';
import type { Entry, Posting } from './posting.ts';
import { agenciesOf, netParts } from './sale-parts.ts';
import type { SaleFigures } from './sale-parts.ts';

/** Accounts the parts of a card sale stand on in the reseller's book. A refund walks the same list back. */
export function cardSaleParts(sale: SaleFigures): { account: string; amount: number }[] {
  const { supplier, fxEarning } = netParts(sale);
  return [
    { account: 'supplier_payable', amount: supplier },
    { account: 'fx_earnings', amount: fxEarning },
    { account: 'platform_payable', amount: sale.platformFee.amount },
    ...agenciesOf(sale).map((level) => ({
      account: `agency_payable:${level.agencyId}`,
      amount: level.markup + level.commission,
    })),
    { account: 'margin', amount: sale.resellerMargin },
  ];
}

/** The agency's side of what the reseller owes it. */
function agencyEarnings(agencyId: string, markup: number, commission: number): Entry[] {
  const book = agencyBook(agencyId);
  return [
    debit(book, 'receivable:reseller', markup + commission),
    credit(book, 'margin', markup),
    credit(book, 'commission_income', commission),
  ];
}

/**
 * A sale paid by card, the reseller being merchant of record: it collects the customer total, owes supplier, platform and every
 * agency of the chain, and keeps the margin; each agency books its claim on the reseller. One posting per booking.
 */
export function buildCardSale(sale: SaleFigures, bookingId: string): Posting {
  return buildPosting({
    source: 'booking',
    key: `${bookingId}/sale`,
    kind: 'card_sale',
    currency: sale.currency,
    entries: [
      debit(RESELLER_BOOK, 'psp_clearing', sale.customerTotal),
      ...cardSaleParts(sale).map((part) => credit(RESELLER_BOOK, part.account, part.amount)),
      ...agenciesOf(sale).flatMap((level) => agencyEarnings(level.agencyId, level.markup, level.commission)),
    ],
  });
}
