import { itemOf, type BookingDeps } from '../bookings/index.ts';
import { recordCommissions, reverseCommissions } from '../commissions/index.ts';
import { issueCreditNotes, issueSaleInvoices, readNetwork } from '../invoicing/index.ts';
import {
  buildApplicationFee,
  buildCardSale,
  buildMarginVat,
  buildRefund,
  buildWalletSale,
  clearCredits,
  creditsPaidBy,
  lockLedger,
  postTransaction,
  readOpenCredits,
  readTripFigures,
} from '../ledger/index.ts';
import { marketValue, readExchangeTable } from '../pricing/index.ts';
import { feeToReturn, findLatestByBooking } from '../payments/index.ts';
import { refundToWallets } from '../wallets/index.ts';
import { recordIssued } from './record-issued.ts';
import { tripVat } from './trip-vat.ts';

/**
 * What a confirmed booking means for the books, in one transaction: the sale in every level's book, what each agency earned in
 * commission, the invoices. Every part is keyed by the booking: a repeat changes nothing.
 */
export const recordSale: BookingDeps['accounting']['recordSale'] = async (sql, { booking, confirmedAt }) => {
  const method = booking.paymentMethod === 'card' ? 'card' : 'wallet';
  for (const item of booking.items) {
    const network = await readNetwork(
      sql,
      item.buildUp.levels.flatMap((level) => level.agencyId ?? []),
    );
    const sale =
      method === 'card' ? buildCardSale(item.buildUp, booking.id) : buildWalletSale(item.buildUp, booking.id);
    // The saga may be resumed after the month was closed: what was sold is posted all the same.
    const about = { bookingId: booking.id, occurredAt: confirmedAt, whenClosed: 'move' } as const;
    const vat = buildMarginVat(sale, new Map(), tripVat(item.offer, network, confirmedAt));
    if (vat) await postTransaction(sql, vat, { ...about, description: `VAT in the margin of ${booking.reference}` });
    await postTransaction(sql, sale, { ...about, description: `Sale ${booking.reference}` });
    if (method === 'card') await postFeeTaken(sql, booking, confirmedAt);
    await recordCommissions(sql, {
      bookingId: booking.id,
      method,
      buildUp: item.buildUp,
      dates: { travelEndAt: `${booking.endsOn}T23:59:59Z` },
    });
    const issued = await issueSaleInvoices(sql, {
      booking,
      method,
      buildUp: item.buildUp,
      customer: { name: `${booking.contact.givenName} ${booking.contact.familyName}`, email: booking.contact.email },
      description: `${booking.title}, ${booking.startsOn} – ${booking.endsOn}`,
      quantity: booking.travellers.length,
      network,
      now: confirmedAt,
    });
    await recordIssued(sql, issued, sale, confirmedAt);
  }
};

/** The same for a cancelled booking, by the plan of who gives back what. */
export const recordRefund: BookingDeps['accounting']['recordRefund'] = async (sql, { booking, plan, refundId, at }) => {
  const paidBy = booking.paymentMethod === 'card' ? 'card' : 'wallet';
  const edges = plan.agencies.map((agency) => ({ agencyId: agency.agencyId, amountMinor: agency.fromParent }));
  if (paidBy === 'wallet') await refundToWallets(sql, { bookingId: booking.id, key: refundId, edges });
  const posted = plan.customer > 0 || plan.supplier > 0 ? await postRefund(sql, { booking, plan, refundId, at }) : null;
  if (paidBy === 'card') await postFeeReturned(sql, { booking, plan, refundId, at });
  await reverseCommissions(sql, {
    bookingId: booking.id,
    key: refundId,
    at,
    currency: plan.currency,
    taken: new Map(
      plan.agencies.map(({ agencyId, commission, markup }) => [
        agencyId,
        { commission, markup: paidBy === 'card' ? markup : 0 },
      ]),
    ),
  });
  if (!posted) return;
  const credited = await issueCreditNotes(sql, {
    bookingId: booking.id,
    key: refundId,
    customerMinor: plan.customer,
    ...(paidBy === 'wallet' ? { edges } : {}),
    credited: posted.credited,
    now: at,
  });
  await recordIssued(sql, credited, posted.refund, at);
};

/** The refund in every book, what it pays of credit notes by hand, and the VAT that goes back with it. */
async function postRefund(sql: Sql, { booking, plan, refundId, at }: RefundInput) {
  const paidBy = booking.paymentMethod === 'card' ? 'card' : 'wallet';
  // Under the chain's lock: what was reckoned before is then what the booking's other postings left.
  await lockLedger(sql);
  const network = await readNetwork(
    sql,
    plan.agencies.map((agency) => agency.agencyId),
  );
  // Without a rate of now nothing is known of the market: the refund stays at the booked one.
  const market = plan.foreign && marketValue(await readExchangeTable(sql, plan.currency), plan.foreign, at);
  const credited = creditsPaidBy(plan, paidBy, await readOpenCredits(sql, booking.id, refundId));
  const refund = clearCredits(buildRefund(plan, paidBy, refundId, market), credited);
  const vat = buildMarginVat(
    refund,
    await readTripFigures(sql, booking.id),
    tripVat(itemOf(booking).offer, network, booking.confirmedAt ?? at),
  );
  const about = { bookingId: booking.id, occurredAt: at, whenClosed: 'move' } as const;
  if (vat) await postTransaction(sql, vat, { ...about, description: `VAT in the margin of ${booking.reference}` });
  await postTransaction(sql, refund, { ...about, description: `Refund ${booking.reference}` });
  return { refund, credited };
}

type SaleInput = Parameters<BookingDeps['accounting']['recordSale']>[1];
type RefundInput = Parameters<BookingDeps['accounting']['recordRefund']>[1];
type Sql = Parameters<BookingDeps['accounting']['recordSale']>[0];

/** In the reseller's own account the platform's fee left with the payment. */
async function postFeeTaken(sql: Sql, booking: SaleInput['booking'], at: Date): Promise<void> {
  const payment = await findLatestByBooking(sql, booking.id);
  if (!payment || payment.stripeAccount === null || payment.applicationFeeMinor === 0) return;
  const { id: key, applicationFeeMinor: amount, currency } = payment;
  await postTransaction(sql, buildApplicationFee({ key, amount, currency, direction: 'taken' }), {
    bookingId: booking.id,
    occurredAt: at,
    whenClosed: 'move',
    description: `Platform fee ${booking.reference}`,
  });
}

async function postFeeReturned(sql: Sql, { booking, plan, refundId, at }: RefundInput): Promise<void> {
  const payment = await findLatestByBooking(sql, booking.id);
  const amount = payment ? feeToReturn(payment, plan.platform) : 0;
  if (amount === 0) return;
  const fee = { key: refundId, amount, currency: plan.currency, direction: 'returned' } as const;
  await postTransaction(sql, buildApplicationFee(fee), {
    bookingId: booking.id,
    occurredAt: at,
    whenClosed: 'move',
    description: `Platform fee returned ${booking.reference}`,
  });
}
