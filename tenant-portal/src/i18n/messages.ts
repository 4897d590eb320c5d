import type { Locale } from '../contract.ts';
import type enBooking from './en/booking.ts';
import type enSearch from './en/search.ts';

/** `search` is what every page may need; `booking` comes with checkout, trips and account. */
export type MessagePart = 'search' | 'booking';
export type MessageKey = keyof typeof enSearch | keyof typeof enBooking;
export type Messages = Readonly<Record<string, string>>;

/** One part of one language's texts; the browser loads only its own language. */
export async function loadMessages(locale: Locale, part: MessagePart): Promise<Messages> {
  if (part === 'booking')
    return locale === 'es' ? (await import('./es/booking.ts')).default : (await import('./en/booking.ts')).default;
  return locale === 'es' ? (await import('./es/search.ts')).default : (await import('./en/search.ts')).default;
}
