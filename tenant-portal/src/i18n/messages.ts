import type { Locale } from '../contract.ts';
import type enBooking from './en/booking.ts';
import type enPartners from './en/partners.ts';
import type enSearch from './en/search.ts';

/** `search` is what every page may need; `booking` comes with checkout, trips and account, `partners` with
 * applications of agencies. */
export type MessagePart = 'search' | 'booking' | 'partners';
export type MessageKey = keyof typeof enSearch | keyof typeof enBooking | keyof typeof enPartners;
export type Messages = Readonly<Record<string, string>>;

/** One part of one language's texts; the browser loads only its own language. */
export async function loadMessages(locale: Locale, part: MessagePart): Promise<Messages> {
  if (part === 'booking')
    return locale === 'es' ? (await import('./es/booking.ts')).default : (await import('./en/booking.ts')).default;
  if (part === 'partners')
    return locale === 'es' ? (await import('./es/partners.ts')).default : (await import('./en/partners.ts')).default;
  return locale === 'es' ? (await import('./es/search.ts')).default : (await import('./en/search.ts')).default;
}
