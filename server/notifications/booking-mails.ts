import type { Booking } from '../bookings/index.ts';
import type { Brand } from '../kernel/http/context.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import type { SupplierOffer } from '../suppliers/index.ts';
import type { Mails, MailTripItem, ThemedMoney } from '../themes/index.ts';

const money = (amount: number, currency: string): ThemedMoney => ({
  amount,
  currency,
  exponent: currencyExponent(currency),
});

/** Where the customer manages the booking; a guest's mail carries the key that opens it. */
const manageUrl = (booking: Booking, brand: Brand, guestToken: string | undefined): string =>
  `${brand.origin}/trips/${booking.reference}${guestToken ? `?access=${guestToken}` : ''}`;

const ENGLISH_BOARDS: Record<string, string> = {
  room_only: 'Room only',
  breakfast: 'Breakfast included',
  half_board: 'Half board',
  full_board: 'Full board',
  all_inclusive: 'All inclusive',
};

const BOARDS: Record<string, Record<string, string>> = {
  en: ENGLISH_BOARDS,
  es: {
    room_only: 'Solo alojamiento',
    breakfast: 'Desayuno incluido',
    half_board: 'Media pensión',
    full_board: 'Pensión completa',
    all_inclusive: 'Todo incluido',
  },
};

function itemsOf(offer: SupplierOffer, locale: string): MailTripItem[] {
  if (offer.product === 'stay') {
    const { hotel } = offer;
    const board = (BOARDS[locale] ?? ENGLISH_BOARDS)[offer.board];
    return [
      {
        kind: 'hotel',
        name: hotel.name,
        address: `${hotel.address.line}, ${hotel.address.city}`,
        checkIn: offer.checkIn,
        checkOut: offer.checkOut,
        room: offer.roomName,
        ...(board ? { board } : {}),
      },
    ];
  }
  return offer.slices.flatMap((slice) =>
    slice.segments.map((segment) => ({
      kind: 'flight' as const,
      carrier: segment.marketingCarrier.name,
      flightNumber: `${segment.marketingCarrier.iata} ${segment.flightNumber}`,
      from: {
        code: segment.origin.iata,
        city: segment.origin.cityName,
        localTime: segment.departureLocal.slice(0, 16),
      },
      to: {
        code: segment.destination.iata,
        city: segment.destination.cityName,
        localTime: segment.arrivalLocal.slice(0, 16),
      },
    })),
  );
}

export function confirmedMail(
  booking: Booking,
  brand: Brand,
  guestToken: string | undefined,
): Mails['booking-confirmed'] {
  const tickets = booking.items.flatMap((item) => item.supplierDocuments.map((document) => document.number));
  return {
    recipientName: booking.contact.givenName,
    reference: booking.reference,
    items: booking.items.flatMap((item) => itemsOf(item.offer, booking.locale)),
    travellers: booking.travellers.map((traveller) => `${traveller.givenName} ${traveller.familyName}`),
    lines: booking.items.map((item) => ({ label: booking.title, amount: money(item.totalMinor, item.currency) })),
    total: money(booking.totalMinor, booking.currency),
    manageUrl: manageUrl(booking, brand, guestToken),
    ...(tickets.length > 0 ? { ticketNumbers: tickets } : {}),
  };
}

export function paymentLinkMail(
  booking: Booking,
  link: { sellerName: string; url: string; expiresAt: Date },
): Mails['payment-link'] {
  return {
    recipientName: booking.contact.givenName,
    reference: booking.reference,
    sellerName: link.sellerName,
    items: booking.items.flatMap((item) => itemsOf(item.offer, booking.locale)),
    total: money(booking.totalMinor, booking.currency),
    url: link.url,
    expiresAt: link.expiresAt.toISOString(),
  };
}

export function failedMail(booking: Booking, brand: Brand): Mails['booking-failed'] {
  return {
    recipientName: booking.contact.givenName,
    reference: booking.reference,
    items: booking.items.flatMap((item) => itemsOf(item.offer, booking.locale)),
    money: 'released',
    amount: money(booking.totalMinor, booking.currency),
    searchUrl: brand.origin,
  };
}

export function cancelledMail(
  booking: Booking,
  brand: Brand,
  refundMinor: number,
  guestToken: string | undefined,
): Mails['booking-cancelled'] {
  return {
    recipientName: booking.contact.givenName,
    reference: booking.reference,
    items: booking.items.flatMap((item) => itemsOf(item.offer, booking.locale)),
    refund: money(refundMinor, booking.currency),
    penalty: money(booking.totalMinor - refundMinor, booking.currency),
    manageUrl: manageUrl(booking, brand, guestToken),
  };
}
