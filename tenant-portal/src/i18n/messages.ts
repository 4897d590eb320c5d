import type { Locale } from '../contract.ts';
import type en from './en.ts';

export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;

/** Texts of one language; the browser loads only its own. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  return locale === 'es' ? (await import('./es.ts')).default : (await import('./en.ts')).default;
}
