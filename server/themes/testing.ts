import { fileURLToPath } from 'node:url';
import type { ThemedBrand } from './brand.ts';
import type { Mails, MailTripItem } from './mails.ts';

/** The repository's own themes. */
export const THEMES_ROOT = fileURLToPath(new URL('../../themes', import.meta.url));

export function buildBrand(overrides: Partial<ThemedBrand> = {}): ThemedBrand {
  return {
    id: '0193-brand',
    name: 'Costa Clara',
    theme: 'marea',
    origin: 'http://shore.localhost:8080',
    locale: 'en',
    locales: ['en', 'es'],
    settings: {},
    legal: {
      companyName: 'Costa Clara Viajes, S.L.',
      taxId: 'B12345674',
      address: 'Paseo Marítimo 12, 29016 Málaga',
      licence: 'CIAN-290001-2',
      email: 'hola@costaclara.example',
      phone: '+34 952 000 000',
    },
    senderName: 'Costa Clara',
    senderEmail: 'reservas@costaclara.example',
    ...overrides,
  };
}

const items: readonly MailTripItem[] = [
  {
    kind: 'flight',
    carrier: 'Iberia',
    flightNumber: 'IB 3166',
    from: { code: 'MAD', city: 'Madrid', localTime: '2027-03-12T09:35' },
    to: { code: 'LHR', city: 'London', localTime: '2027-03-12T11:05' },
    cabin: 'Economy',
  },
  {
    kind: 'hotel',
    name: 'The Bloomsbury Row',
    address: '14 Bedford Place, London',
    checkIn: '2027-03-12',
    checkOut: '2027-03-15',
    room: 'Double room',
    board: 'Breakfast',
  },
];

const eur = (amount: number) => ({ amount, currency: 'EUR', exponent: 2 });

/** Data for every mail, plausible enough to look at. */
export function buildMailData(): { [Name in keyof Mails]: Mails[Name] } {
  const trip = { recipientName: 'Lucía', reference: 'K7M2QX', items };
  const link = { url: 'http://shore.localhost:8080/i/token', expiresAt: '2026-11-30T15:00:00Z' };
  return {
    invitation: { inviterName: 'Marta Ruiz', organisationName: 'Viajes Faro', role: 'agent', ...link },
    'agency-invitation': { inviterName: 'Marta Ruiz', agencyName: 'Viajes Faro', parentName: 'Costa Clara', ...link },
    'verify-email': { recipientName: 'Lucía', ...link },
    'reset-password': { recipientName: 'Lucía', ...link },
    'access-revoked': { recipientName: 'Lucía', occurredAt: '2026-11-30T15:00:00Z', url: link.url },
    'emergency-access': {
      recipientName: 'Lucía',
      personName: 'Marta Ruiz',
      providerName: 'Contoso',
      outcome: 'done',
      occurredAt: '2026-11-30T15:00:00Z',
      url: 'http://shore.localhost:8080/console/settings/audit-log',
    },
    'security-notice': {
      recipientName: 'Lucía',
      notice: 'new_device',
      detail: 'Firefox · Windows',
      occurredAt: '2026-11-30T15:00:00Z',
      url: 'http://shore.localhost:8080/account/security',
    },
    'agency-application': {
      recipientName: 'Lucía',
      companyName: 'Viajes Alba SL',
      step: 'information_requested',
      message: 'The licence is not readable.',
      expiresAt: '2026-12-14T15:00:00Z',
      url: 'http://shore.localhost:8080/partners/application?access=abc',
    },
    'wallet-notice': {
      recipientName: 'Lucía',
      agencyName: 'Viajes Alba SL',
      parentName: 'Costa Clara',
      step: 'refused',
      amount: eur(300_000),
      reference: 'TU-00042',
      message: 'No such transfer has come in.',
      url: 'http://shore.localhost:8080/console/agencies/0193-agency/wallet',
    },
    'invoice-reminder': {
      recipientName: 'Lucía',
      agencyName: 'Viajes Alba SL',
      parentName: 'Costa Clara',
      level: '3',
      items: [
        { number: 'F-2026-000012', dueOn: '2026-11-10', amount: eur(22_570) },
        { reason: 'Fee of the fair', dueOn: '2026-11-12', amount: eur(10_000) },
      ],
      total: eur(32_570),
      url: 'http://shore.localhost:8080/console/agencies/0193-agency/wallet',
    },
    'booking-confirmed': {
      ...trip,
      travellers: ['Lucía Prieto Mora', "Sean O'Neill"],
      lines: [
        { label: 'Madrid – London, 2 travellers', amount: eur(24_380) },
        { label: 'The Bloomsbury Row, 3 nights', amount: eur(41_250) },
      ],
      total: eur(65_630),
      manageUrl: 'http://shore.localhost:8080/trips/K7M2QX',
      ticketNumbers: ['075-2312345678', '075-2312345679'],
    },
    'booking-failed': { ...trip, money: 'released', amount: eur(65_630), searchUrl: 'http://shore.localhost:8080/' },
    'booking-cancelled': {
      ...trip,
      refund: eur(60_000),
      penalty: eur(5_630),
      manageUrl: 'http://shore.localhost:8080/trips/K7M2QX',
    },
    'reconciliation-unmatched': {
      recipientName: 'Shore Travel',
      day: '2026-11-23',
      count: '3',
      url: 'http://shore.localhost:8080/console/money/reconciliation',
    },
    'payment-link': { ...trip, sellerName: 'Viajes Sol', total: eur(65_630), ...link },
    'payment-action-needed': { ...trip, amount: eur(65_630), ...link },
    'dispute-notice': {
      recipientName: 'Lucía',
      step: 'opened',
      reference: 'PNX8QT',
      amount: eur(65_630),
      dueOn: '2026-12-03',
      url: 'http://shore.localhost:8080/console/money/disputes/0193-dispute',
    },
    'agency-notice': {
      recipientName: 'Lucía',
      agencyName: 'Viajes Alba SL',
      step: 'approved',
      number: 'ST-000007',
      amount: eur(64_180),
      url: 'http://shore.localhost:8080/console/money/settlements/0193-statement',
    },
  };
}
