import ical, { ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import type { Booking, BookingItem } from '../bookings/index.ts';
import type { Brand } from '../kernel/http/context.ts';
import type { FlightOffer, StayOffer } from '../suppliers/index.ts';

/**
 * The trip as iCalendar (RFC 5545): an event a flight segment in UTC instants, so that every calendar shows it right, and an all-day
 * event a stay. UIDs are stable: importing the file again changes the events instead of doubling them.
 */
export function renderCalendar(booking: Booking, brand: Brand): Buffer {
  const calendar = ical({
    name: `${brand.name} ${booking.reference}`,
    prodId: { company: brand.name, product: 'Trips' },
    method: ICalCalendarMethod.PUBLISH,
  });
  for (const item of booking.items) {
    if (item.offer.product === 'flight') addFlights(calendar, booking, item, item.offer, brand);
    else addStay(calendar, booking, item, item.offer, brand);
  }
  return Buffer.from(calendar.toString());
}

type Calendar = ReturnType<typeof ical>;

function addFlights(calendar: Calendar, booking: Booking, item: BookingItem, offer: FlightOffer, brand: Brand): void {
  const segments = offer.slices.flatMap((slice) => slice.segments);
  segments.forEach((segment, index) => {
    const flight = `${segment.marketingCarrier.iata} ${segment.flightNumber}`;
    calendar.createEvent({
      id: `${item.id}-${index}@${brand.hostname}`,
      start: new Date(segment.departureAt),
      end: new Date(segment.arrivalAt),
      stamp: booking.confirmedAt ?? booking.createdAt,
      summary: `${flight} ${segment.origin.iata} → ${segment.destination.iata}`,
      location: `${segment.origin.name}${segment.originTerminal ? `, T${segment.originTerminal}` : ''}`,
      description: [
        `${segment.origin.cityName} ${segment.departureLocal.slice(11, 16)} (${segment.origin.timeZone}) – ${segment.destination.cityName} ${segment.arrivalLocal.slice(11, 16)} (${segment.destination.timeZone})`,
        item.supplierReference ?? '',
        `${brand.name} ${booking.reference}`,
      ]
        .filter(Boolean)
        .join('\n'),
      url: `${brand.origin}/trips/${booking.reference}`,
    });
  });
}

function addStay(calendar: Calendar, booking: Booking, item: BookingItem, offer: StayOffer, brand: Brand): void {
  const { hotel } = offer;
  calendar.createEvent({
    id: `${item.id}@${brand.hostname}`,
    start: new Date(`${offer.checkIn}T00:00:00Z`),
    end: new Date(`${offer.checkOut}T00:00:00Z`),
    allDay: true,
    transparency: ICalEventTransparency.TRANSPARENT,
    stamp: booking.confirmedAt ?? booking.createdAt,
    summary: hotel.name,
    location: {
      title: hotel.name,
      address: `${hotel.address.line}, ${hotel.address.city}`,
      geo: { lat: hotel.latitude, lon: hotel.longitude },
    },
    description: [offer.roomName, item.supplierReference ?? '', `${brand.name} ${booking.reference}`]
      .filter(Boolean)
      .join('\n'),
    url: `${brand.origin}/trips/${booking.reference}`,
  });
}
