import type { Brand } from '../kernel/http/context.ts';
import type { ThemedBrand } from './brand.ts';

/** A brand of the control plane as the themes want it, for a reader's language. */
export const themedBrand = (brand: Brand, locale: string): ThemedBrand => ({
  id: brand.id,
  name: brand.name,
  theme: brand.theme,
  origin: brand.origin,
  locale,
  locales: brand.locales,
  settings: brand.settings,
  legal: { companyName: brand.name, email: brand.senderEmail, ...brand.legal },
  senderName: brand.senderName,
  senderEmail: brand.senderEmail,
});
