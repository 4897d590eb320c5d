import { guardedFields } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { Brand } from '../kernel/http/context.ts';
import type { TenantVault } from '../kernel/crypto/vault.ts';
import type { Payment } from '../payments/index.ts';
import { presentExchange, viewBuildUp, type BuildUp } from '../pricing/index.ts';
import { presentOffer } from '../search/index.ts';
import { isLive, itemOf, type Booking } from './booking.ts';
import { earnedBy } from './cancellation.ts';
import { levelOf } from './level-of.ts';
import type { PaymentLinkView } from './payment-links/schema.ts';
import type { BookingSummary } from './read-bookings.ts';
import type { BookingView, EarningsView, PaymentView } from './schema.ts';
import { openBirth, openPhone } from './sealed-bookings.ts';
import type { z } from 'zod';

type Earnings = z.infer<typeof EarningsView>;

/** Whose a booking is: what rights on it depend on. */
type Owned = Pick<Booking, 'customerId' | 'agencyId' | 'agencyPath'>;

/** What the reader's level earned; built from `viewBuildUp`, so that no ancestor's figure can be in it. */
export function presentEarnings(
  actor: Actor,
  sale: { owned: Owned; buildUp: BuildUp; supplierRefundMinor: number | null },
  names: ReadonlyMap<string, string>,
): Earnings | undefined {
  const { buildUp, supplierRefundMinor } = sale;
  const money = (amount: number) => ({ amount, currency: buildUp.currency });
  const earned = (of: string | null) => money(earnedBy(of, buildUp, supplierRefundMinor));
  const sees = guardedFields(actor, 'see', 'Booking', sale.owned);
  const level = sees.has('earnings') ? levelOf(actor, buildUp) : undefined;
  if (level === undefined) return undefined;
  if (level !== null) {
    const view = viewBuildUp(buildUp, level);
    if (view.viewer !== 'agency') return undefined;
    return {
      buyPrice: money(view.buyPrice),
      markup: money(view.markup),
      sellPrice: money(view.childPrice),
      commission: money(view.commission),
      earned: earned(level),
      ...(level === sellerOf(buildUp) ? discountOf('seller', buildUp) : {}),
    };
  }
  const view = viewBuildUp(buildUp, null);
  return {
    buyPrice: money(view.buyPrice),
    markup: money(view.markup),
    sellPrice: money(view.childPrice),
    commission: money(0),
    earned: earned(null),
    ...discountOf('reseller', buildUp),
    ...(sees.has('earnings.net') ? { net: money(view.net.total) } : {}),
    ...(sees.has('earnings.net') && view.fx ? { fx: presentExchange(view.fx) } : {}),
    ...(sees.has('earnings.platformFee') ? { platformFee: money(view.platformFee) } : {}),
    ...(sees.has('earnings.margin') ? { margin: earned(null) } : {}),
    ...(sees.has('earnings.chain') ? { chain: presentChain(buildUp, names, money, earned) } : {}),
  };
}

const sellerOf = ({ levels }: BuildUp): string | null => levels.at(-1)?.agencyId ?? null;

/** What codes took off a level's own earnings. */
function discountOf(who: 'reseller' | 'seller', { promo = [], currency }: BuildUp): Pick<Earnings, 'discount'> {
  const amount = promo.reduce((sum, { shares }) => sum + shares[who], 0);
  return amount === 0 ? {} : { discount: { amount, currency } };
}

/** What codes took off what the customer pays. */
const presentDiscount = ({ promo, currency }: BuildUp): BookingView['discount'] =>
  promo
    ? {
        total: { amount: promo.reduce((sum, { amount }) => sum + amount, 0), currency },
        codes: promo.map(({ code }) => code),
      }
    : null;

function presentChain(
  buildUp: BuildUp,
  names: ReadonlyMap<string, string>,
  money: (amount: number) => Earnings['earned'],
  earned: (of: string | null) => Earnings['earned'],
): Earnings['chain'] {
  return buildUp.levels.map((one) => ({
    agencyId: one.agencyId,
    agencyName: one.agencyId ? (names.get(one.agencyId) ?? '') : 'Reseller',
    tier: one.tier,
    buyPrice: money(one.buyPrice),
    markup: money(one.markup),
    commission: money(one.commission),
    earned: earned(one.agencyId),
  }));
}

/** @param paidMinor what left the reader's own wallet, where that is not what the customer owes */
export function presentPayment(payment: Payment, paidMinor = payment.amountMinor): z.infer<typeof PaymentView> {
  return {
    id: payment.id,
    method: payment.method,
    state: payment.state,
    amount: { amount: paidMinor, currency: payment.currency },
    refunded: { amount: payment.refundedMinor, currency: payment.currency },
    actionUrl: payment.actionUrl,
    failure: payment.failureMessage,
  };
}

export interface BookingParts {
  booking: Booking;
  payment: Payment | undefined;
  brand: Brand;
  agencyNames: ReadonlyMap<string, string>;
  vault: TenantVault;
  invoiceId: string | null;
  /** The colleague who booked for the customer. */
  bookedBy: { id: string; name: string } | null;
  /** Undefined for who does not sell it. */
  paymentLink: PaymentLinkView | null | undefined;
}

/** A booking for one reader. */
export function presentBooking(
  actor: Actor,
  parts: BookingParts,
  options: { guestToken?: string; holdsToken: boolean; mayCancel: boolean },
): BookingView {
  const { booking, payment, brand, agencyNames, vault } = parts;
  const buildUp = itemOf(booking).buildUp;
  const access = options.guestToken ? `?access=${options.guestToken}` : '';
  const earnings = presentEarnings(
    actor,
    { owned: booking, buildUp, supplierRefundMinor: booking.supplierRefundMinor },
    agencyNames,
  );
  const sees = guardedFields(actor, 'see', 'Booking', booking);
  /** A guest who holds the booking's token typed these in. */
  const shows = (field: string) => options.holdsToken || sees.has(field);
  const paidFromOwnWallet =
    earnings !== undefined &&
    payment?.method === 'wallet' &&
    actor.agencyId !== null &&
    actor.agencyId === booking.agencyId;
  const tickets = new Map(
    booking.items.flatMap((item) =>
      item.supplierDocuments.flatMap((document) =>
        document.travellerPositions.map((at) => [at, document.number] as const),
      ),
    ),
  );
  const waits = booking.state === 'pending' || booking.state === 'payment_failed';
  const canPay =
    waits && booking.paymentMethod === 'card' && payment?.state !== 'authorised' && payment?.state !== 'succeeded';
  return {
    id: booking.id,
    reference: booking.reference,
    state: booking.state,
    title: booking.title,
    total: { amount: booking.totalMinor, currency: booking.currency },
    startsOn: booking.startsOn,
    endsOn: booking.endsOn,
    createdAt: booking.createdAt.toISOString(),
    confirmedAt: booking.confirmedAt?.toISOString() ?? null,
    cancelledAt: booking.cancelledAt?.toISOString() ?? null,
    expiresAt: waits ? (booking.expiresAt?.toISOString() ?? null) : null,
    failureReason: booking.failureReason,
    brand: { id: brand.id, name: brand.name },
    agency: booking.agencyId ? { id: booking.agencyId, name: agencyNames.get(booking.agencyId) ?? '' } : null,
    bookedBy: parts.bookedBy,
    leadName: booking.leadName,
    ...(shows('contact') ? { contact: { ...booking.contact, phone: openPhone(vault, booking) } } : {}),
    items: booking.items.map((item) => ({
      id: item.id,
      product: item.product,
      state: item.state,
      supplierReference: item.supplierReference,
      offer: presentOffer(item.offer, { total: item.totalMinor, currency: item.currency }, item.id),
      total: { amount: item.totalMinor, currency: item.currency },
    })),
    travellers: booking.travellers.map((traveller) => ({
      id: traveller.id,
      type: traveller.type,
      title: traveller.title,
      givenName: traveller.givenName,
      familyName: traveller.familyName,
      ...(shows('travellers.bornOn') ? { bornOn: openBirth(vault, traveller) } : {}),
      ticketNumber: tickets.get(traveller.position) ?? null,
    })),
    payment: payment ? presentPayment(payment, paidFromOwnWallet ? earnings.buyPrice.amount : undefined) : null,
    discount: presentDiscount(buildUp),
    ...(earnings ? { earnings } : {}),
    documents:
      isLive(booking.state) || booking.state === 'completed' ? documentsOf(booking, parts.invoiceId, access) : [],
    ...(parts.paymentLink === undefined ? {} : { paymentLink: parts.paymentLink }),
    actions: [
      ...(canPay ? (['pay'] as const) : []),
      ...(canPay && parts.paymentLink !== undefined ? (['send_payment_link'] as const) : []),
      ...(options.mayCancel && isLive(booking.state) ? (['cancel'] as const) : []),
    ],
    ...(options.guestToken ? { guestToken: options.guestToken } : {}),
  };
}

function documentsOf(booking: Booking, invoiceId: string | null, access: string): BookingView['documents'] {
  const at = (name: string) => `/api/v1/bookings/${booking.id}/documents/${name}${access}`;
  return [
    { kind: 'itinerary', url: at('itinerary.pdf'), fileName: `${booking.reference}-itinerary.pdf` },
    { kind: 'ics', url: at('calendar.ics'), fileName: `${booking.reference}.ics` },
    ...(invoiceId
      ? [{ kind: 'invoice' as const, url: at('invoice.pdf'), fileName: `${booking.reference}-invoice.pdf` }]
      : []),
  ];
}

/** A line of a booking list. */
export function presentSummary(actor: Actor, row: BookingSummary) {
  const earned = presentEarnings(
    actor,
    {
      owned: { customerId: row.customer_id, agencyId: row.agency_id, agencyPath: row.agency_path },
      buildUp: row.build_up,
      supplierRefundMinor: row.supplier_refund_minor,
    },
    new Map(),
  )?.earned;
  return {
    id: row.id,
    reference: row.reference,
    state: row.state,
    title: row.title,
    product: row.product,
    leadName: row.lead_name,
    agency: row.agency_id ? { id: row.agency_id, name: row.agency_name ?? '' } : null,
    brandName: row.brand_name,
    total: { amount: row.total_minor, currency: row.currency },
    ...(earned ? { earned } : {}),
    paymentMethod: row.payment_method,
    startsOn: row.starts_on,
    createdAt: row.created_at.toISOString(),
  };
}
