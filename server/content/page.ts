export const PAGE_PREFIX = '/pages/';
export const SLUG = /^[a-z][a-z0-9-]{0,39}$/;

/** A page that a brand wrote itself, in one language. */
export interface Page {
  id: string;
  brandId: string;
  slug: string;
  locale: string;
  title: string;
  /** Handlebars over `brand` and `year`; HTML. */
  source: string;
  /** Rendered and sanitised when it was saved. */
  html: string;
  state: 'draft' | 'published';
  updatedAt: Date;
  version: number;
}

/** What a template may put in: what the brand tells every visitor anyway. */
export function valuesOf(brand: { name: string; legal: Readonly<Record<string, string>> }, now: Date) {
  const { companyName = brand.name, taxId = '', address = '', licence = '', email = '', phone = '' } = brand.legal;
  return {
    brand: { name: brand.name, companyName, taxId, address, licence, email, phone },
    year: now.getUTCFullYear(),
  };
}
