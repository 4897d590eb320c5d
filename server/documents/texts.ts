export interface DocumentTexts {
  itinerary: string;
  reference: string;
  airlineReference: string;
  hotelReference: string;
  travellers: string;
  ticket: string;
  flight: string;
  departs: string;
  arrives: string;
  terminal: string;
  bags: (carryOn: number, checked: number) => string;
  stay: string;
  checkIn: string;
  checkOut: string;
  from: string;
  until: string;
  room: string;
  board: Record<string, string>;
  cancellation: string;
  freeUntil: (when: string, zone: string) => string;
  notRefundable: string;
  dueAtProperty: string;
  total: string;
  localTimes: string;
  help: (email: string) => string;
}

const en: DocumentTexts = {
  itinerary: 'Your itinerary',
  reference: 'Booking reference',
  airlineReference: 'Airline reference',
  hotelReference: 'Hotel confirmation',
  travellers: 'Travellers',
  ticket: 'e-ticket',
  flight: 'Flight',
  departs: 'Departs',
  arrives: 'Arrives',
  terminal: 'Terminal',
  bags: (carryOn, checked) =>
    `Each traveller: ${carryOn} cabin bag${carryOn === 1 ? '' : 's'}, ${checked} checked bag${checked === 1 ? '' : 's'}`,
  stay: 'Your stay',
  checkIn: 'Check-in',
  checkOut: 'Check-out',
  from: 'from',
  until: 'until',
  room: 'Room',
  board: {
    room_only: 'Room only',
    breakfast: 'Breakfast included',
    half_board: 'Half board',
    full_board: 'Full board',
    all_inclusive: 'All inclusive',
  },
  cancellation: 'Cancellation',
  freeUntil: (when, zone) => `Free of charge until ${when} (${zone})`,
  notRefundable: 'Not refundable',
  dueAtProperty: 'To be paid at the hotel',
  total: 'Total paid',
  localTimes: 'All times are local to the place.',
  help: (email) => `Questions? Write to ${email} and give your booking reference.`,
};

const es: DocumentTexts = {
  itinerary: 'Su itinerario',
  reference: 'Localizador',
  airlineReference: 'Localizador de la aerolínea',
  hotelReference: 'Confirmación del hotel',
  travellers: 'Viajeros',
  ticket: 'billete electrónico',
  flight: 'Vuelo',
  departs: 'Salida',
  arrives: 'Llegada',
  terminal: 'Terminal',
  bags: (carryOn, checked) =>
    `Por viajero: ${carryOn} bulto${carryOn === 1 ? '' : 's'} de mano, ${checked} maleta${checked === 1 ? '' : 's'} facturada${checked === 1 ? '' : 's'}`,
  stay: 'Su estancia',
  checkIn: 'Entrada',
  checkOut: 'Salida',
  from: 'desde las',
  until: 'hasta las',
  room: 'Habitación',
  board: {
    room_only: 'Solo alojamiento',
    breakfast: 'Desayuno incluido',
    half_board: 'Media pensión',
    full_board: 'Pensión completa',
    all_inclusive: 'Todo incluido',
  },
  cancellation: 'Cancelación',
  freeUntil: (when, zone) => `Sin gastos hasta el ${when} (${zone})`,
  notRefundable: 'No reembolsable',
  dueAtProperty: 'A pagar en el hotel',
  total: 'Total pagado',
  localTimes: 'Todas las horas son locales.',
  help: (email) => `¿Preguntas? Escriba a ${email} e indique su localizador.`,
};

/** Words of documents in the customer's language; English when there is none. */
export const textsFor = (locale: string): DocumentTexts => (locale === 'es' ? es : en);
