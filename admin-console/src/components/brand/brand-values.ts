import type { Brand, BrandChange, BrandLegal, Theme } from '../../api/brands.ts';

export const LEGAL_FIELDS = ['companyName', 'taxId', 'address', 'licence', 'email', 'phone'] as const;

export type BrandValues = {
  name: string;
  hostname: string;
  theme: string;
  settings: Record<string, string>;
  legal: Record<(typeof LEGAL_FIELDS)[number], string>;
  senderName: string;
  defaultLocale: string;
};

type Start = { name: string; legalName: string | null; taxId: string | null; email: string | null };

/** What the form starts with: the brand, or what the agency has already told about itself. */
export function valuesOf(
  brand: Brand | null,
  agency: Start | null,
  themes: readonly Theme[],
  locale: string,
): BrandValues {
  const legal = brand?.legal ?? {
    companyName: agency?.legalName ?? agency?.name ?? '',
    taxId: agency?.taxId ?? '',
    email: agency?.email ?? '',
  };
  return {
    name: brand?.name ?? agency?.name ?? '',
    hostname: brand?.hostname ?? '',
    theme: brand?.theme ?? themes[0]?.name ?? '',
    settings: { ...brand?.settings },
    legal: Object.fromEntries(LEGAL_FIELDS.map((field) => [field, legal[field] ?? ''])) as BrandValues['legal'],
    senderName: brand?.senderName ?? '',
    defaultLocale: brand?.defaultLocale ?? locale,
  };
}

const filled = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  );

/** Settings of another theme are left behind: the chosen one does not know them. */
export function changeOf(values: BrandValues, theme: Theme | undefined): BrandChange {
  const known = Object.entries(values.settings).filter(([name]) => theme?.settings[name]?.brandMayOverride === true);
  return {
    name: values.name,
    theme: values.theme,
    settings: filled(Object.fromEntries(known)),
    legal: { companyName: '', email: '', ...filled(values.legal) } satisfies BrandLegal,
    defaultLocale: values.defaultLocale,
    ...(values.senderName.trim() === '' ? {} : { senderName: values.senderName }),
  };
}
