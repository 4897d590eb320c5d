import type { ThemeManifest } from '../themes/index.ts';
import type { Domain } from './domains.ts';
import type { BrandRecord } from './repository.ts';
import type { BrandView, ThemeView } from './schema.ts';

export function presentBrand(
  brand: BrandRecord,
  { state, originOf }: { state: Domain['state']; originOf: (hostname: string) => string },
): BrandView {
  return {
    id: brand.id,
    agency: brand.agencyId === null ? null : { id: brand.agencyId, name: brand.agencyName ?? '' },
    name: brand.name,
    theme: brand.theme,
    hostname: brand.hostname,
    url: originOf(brand.hostname),
    domainState: state,
    settings: brand.settings,
    legal: brand.legal,
    senderName: brand.senderName,
    senderEmail: brand.senderEmail,
    locales: brand.locales,
    defaultLocale: brand.defaultLocale,
    currency: brand.currency,
    createdAt: brand.createdAt.toISOString(),
    updatedAt: brand.updatedAt.toISOString(),
    version: brand.version,
  };
}

export const presentDomain = ({ hostname, brandId, brandName, state, createdAt }: Domain & { brandName: string }) => ({
  hostname,
  brandId,
  brandName,
  state,
  createdAt: createdAt.toISOString(),
});

/** A theme's typed settings, as a form needs them: options without their tokens, colours without their role. */
export function presentTheme({ name, version, label, description, settings }: ThemeManifest): ThemeView {
  return {
    name,
    version,
    label,
    description,
    settings: Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, presentSetting(setting)])),
  };
}

function presentSetting(setting: ThemeManifest['settings'][string]): ThemeView['settings'][string] {
  const { label, help, brandMayOverride, default: initial } = setting;
  const common = { label, ...(help ? { help } : {}), brandMayOverride, default: initial };
  switch (setting.type) {
    case 'select':
      return {
        type: 'select',
        options: setting.options.map(({ value, label: text }) => ({ value, label: text })),
        ...common,
      };
    case 'text':
      return { type: 'text', maxLength: setting.maxLength, ...common };
    default:
      return { type: setting.type, ...common };
  }
}
