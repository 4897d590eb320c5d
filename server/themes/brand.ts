/** Values of a theme's settings as a brand stored them; checked by `validateBrandSettings`, never trusted when rendering. */
export type BrandSettings = {
  primaryColor?: string;
  accentColor?: string;
  logoUrl?: string;
  faviconUrl?: string;
  headingFont?: string;
} & Record<string, string | undefined>;

/** Who the customer contracts with, shown in the footer of pages and mails. */
export type BrandLegal = {
  companyName: string;
  taxId?: string;
  address?: string;
  licence?: string;
  email: string;
  phone?: string;
};

/** What the themes need to know of a brand. `origin` has scheme, host and port and no trailing slash. */
export type ThemedBrand = {
  id: string;
  name: string;
  theme: string;
  origin: string;
  locale: string;
  locales: readonly string[];
  settings: BrandSettings;
  legal: BrandLegal;
  senderName: string;
  senderEmail: string;
};

const UNSAFE_URL = /[\s"'()\\<>`{}]/;

/** The address when it is http(s) without credentials or a path of the same origin; undefined otherwise. */
export function safeImageUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > 2048 || UNSAFE_URL.test(value)) return undefined;
  if (value.startsWith('/')) return value.startsWith('//') ? undefined : value;
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return web && url.username === '' && url.password === '' ? url.href : undefined;
}
