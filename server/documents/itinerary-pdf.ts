import type { Booking, BookingItem } from '../bookings/index.ts';
import type { Brand } from '../kernel/http/context.ts';
import { formatMoney, regionalLocale } from '../kernel/money-format.ts';
import { brandColour, brandedPage, renderPdf, rule, type PdfContent, type PdfNode } from '../kernel/pdf/index.ts';
import type { FlightOffer, FlightSegment, StayOffer } from '../suppliers/index.ts';
import { textsFor, type DocumentTexts } from './texts.ts';

interface Words {
  texts: DocumentTexts;
  locale: string;
  colour: string;
}

/**
 * Itinerary (with e-ticket numbers) or hotel voucher as a branded PDF in the customer's language. Made from the booking alone: the same
 * booking gives the same document. It shows the total, never how it came about.
 */
export function renderItineraryPdf(booking: Booking, brand: Brand, locale: string): Promise<Buffer> {
  const words: Words = { texts: textsFor(locale), locale: regionalLocale(locale), colour: brandColour(brand) };
  const { texts } = words;
  const content: PdfContent[] = [
    { text: booking.title, style: 'title' },
    { text: [`${texts.reference}: `, { text: booking.reference, bold: true }], margin: [0, 0, 0, 2] },
    ...booking.items.flatMap((item) =>
      item.offer.product === 'flight' ? flightPages(item, item.offer, words) : stayPages(item, item.offer, words),
    ),
    { text: texts.travellers, style: 'heading' },
    ...travellerLines(booking, texts),
    rule(words.colour),
    {
      text: `${texts.total}: ${formatMoney({ amount: booking.totalMinor, currency: booking.currency }, locale)}`,
      style: 'total',
    },
    { text: texts.localTimes, style: 'muted' },
    { text: texts.help(brand.legal.email ?? brand.senderEmail), style: 'muted' },
  ];
  return renderPdf(
    brandedPage({
      title: `${texts.itinerary} ${booking.reference}`,
      language: locale,
      createdAt: booking.confirmedAt ?? booking.createdAt,
      brand,
      content,
    }),
  );
}

function travellerLines(booking: Booking, texts: DocumentTexts): PdfNode[] {
  const documents = booking.items.flatMap((item) => item.supplierDocuments);
  return booking.travellers.map((traveller) => {
    const ticket = documents.find((document) => document.travellerPositions.includes(traveller.position));
    return {
      text: [
        `${traveller.givenName} ${traveller.familyName}`,
        ticket ? { text: `   ${texts.ticket} ${ticket.number}`, color: '#4a5565' } : '',
      ],
    };
  });
}

function flightPages(item: BookingItem, offer: FlightOffer, words: Words): PdfContent[] {
  const { texts } = words;
  return [
    ...(item.supplierReference
      ? [{ text: [`${texts.airlineReference}: `, { text: item.supplierReference, bold: true }] }]
      : []),
    ...offer.slices.flatMap((slice): PdfContent[] => [
      rule(words.colour),
      { text: `${slice.origin.cityName} – ${slice.destination.cityName}`, style: 'heading' },
      ...slice.segments.map((segment) => segmentBlock(segment, words)),
    ]),
  ];
}

function segmentBlock(segment: FlightSegment, words: Words): PdfNode {
  const { texts, locale } = words;
  const end = (label: string, local: string, place: FlightSegment['origin'], terminal: string | null): PdfNode => ({
    width: '*',
    stack: [
      { text: label, style: 'muted' },
      { text: `${place.iata}  ${local.slice(11, 16)}`, fontSize: 14, bold: true },
      { text: formatDay(local, locale) },
      { text: `${place.name}${terminal ? `, ${texts.terminal} ${terminal}` : ''}`, style: 'muted' },
    ],
  });
  return {
    unbreakable: true,
    margin: [0, 4, 0, 8],
    stack: [
      {
        text: `${texts.flight} ${segment.marketingCarrier.iata} ${segment.flightNumber} · ${segment.marketingCarrier.name} · ${segment.cabin.replaceAll('_', ' ')}`,
        bold: true,
        margin: [0, 0, 0, 4],
      },
      {
        columns: [
          end(texts.departs, segment.departureLocal, segment.origin, segment.originTerminal),
          end(texts.arrives, segment.arrivalLocal, segment.destination, segment.destinationTerminal),
        ],
      },
      { text: texts.bags(segment.bags.carryOn, segment.bags.checked), style: 'muted', margin: [0, 4, 0, 0] },
    ],
  };
}

function stayPages(item: BookingItem, offer: StayOffer, words: Words): PdfContent[] {
  const { texts, locale } = words;
  const { hotel } = offer;
  const free = offer.cancellation.find((entry) => entry.refundNet.amount === offer.net.total);
  const day = (date: string, label: string, clock: string | null, word: string): PdfNode => ({
    width: '*',
    stack: [
      { text: label, style: 'muted' },
      { text: formatDay(`${date}T00:00`, locale), fontSize: 12, bold: true },
      ...(clock ? [{ text: `${word} ${clock}`, style: 'muted' }] : []),
    ],
  });
  return [
    ...(item.supplierReference
      ? [{ text: [`${texts.hotelReference}: `, { text: item.supplierReference, bold: true }] }]
      : []),
    rule(words.colour),
    { text: `${hotel.name}${hotel.stars ? `  ${'*'.repeat(hotel.stars)}` : ''}`, style: 'heading' },
    {
      text: `${hotel.address.line}, ${hotel.address.postalCode} ${hotel.address.city}${hotel.phone ? ` · ${hotel.phone}` : ''}`,
      margin: [0, 0, 0, 8],
    },
    {
      columns: [
        day(offer.checkIn, texts.checkIn, hotel.checkInAfter, texts.from),
        day(offer.checkOut, texts.checkOut, hotel.checkOutBefore, texts.until),
      ],
    },
    {
      text: `${texts.room}: ${offer.roomName} · ${offer.beds} · ${texts.board[offer.board] ?? ''}`,
      margin: [0, 8, 0, 0],
    },
    {
      text: `${texts.cancellation}: ${free ? texts.freeUntil(formatInstant(free.before, locale, hotel.timeZone), hotel.timeZone) : texts.notRefundable}`,
    },
    ...(offer.dueAtProperty
      ? [{ text: `${texts.dueAtProperty}: ${formatMoney(offer.dueAtProperty, locale)}`, bold: true }]
      : []),
    ...offer.conditions.map((condition) => ({ text: `${condition.title}: ${condition.text}`, style: 'muted' })),
  ];
}

/** A local calendar day; read as UTC so that no zone shifts it. */
const formatDay = (local: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${local.slice(0, 10)}T00:00:00Z`));

const formatInstant = (instant: string, locale: string, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(new Date(instant));
