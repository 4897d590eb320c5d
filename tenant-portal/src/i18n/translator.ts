import type { Locale } from '../contract.ts';
import type { MessageKey, Messages } from './messages.ts';

export type MessageValues = Readonly<Record<string, string | number>>;
export type Translator = {
  locale: Locale;
  t: (key: MessageKey, values?: MessageValues) => string;
  /** For keys that come from data, e.g. an error code: undefined when there is no text. */
  find: (key: string, values?: MessageValues) => string | undefined;
  /** Takes in a further part of the texts. */
  add: (messages: Messages) => void;
};

/**
 * Texts of one language. `{name}` is filled in; `one | other` is chosen by `count` under the language's plural rules.
 * Nothing is compiled to code, so no Content-Security-Policy is in the way.
 */
export function createTranslator(locale: Locale, messages: Messages, replacements: Messages = {}): Translator {
  const plurals = new Intl.PluralRules(locale);
  const texts: Record<string, string> = {};
  const add = (further: Messages): void => {
    Object.assign(texts, further, replacements);
  };
  add(messages);

  const find = (key: string, values: MessageValues = {}): string | undefined => {
    const text = texts[key];
    if (text === undefined) return undefined;
    const [one, other] = text.split(' | ');
    const chosen = other === undefined || plurals.select(Number(values['count'] ?? 0)) === 'one' ? one : other;
    return chosen?.replace(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark));
  };
  return { locale, find, add, t: (key, values) => find(key, values) ?? key };
}
