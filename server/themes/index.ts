export { createThemes } from './create-themes.ts';
export { THEME_ASSET_PREFIX } from './assets.ts';
export { ThemeError } from './errors.ts';
export { MAIL_NAMES } from './mails.ts';
export { FALLBACK_LOCALE, THEME_LOCALES } from './manifest.ts';
export type { ThemeAsset } from './assets.ts';
export type { BrandLegal, BrandSettings, ThemedBrand } from './brand.ts';
export type { Themes } from './create-themes.ts';
export type { ThemedMoney } from './format.ts';
export type { ThemeManifest, ThemeSetting } from './manifest.ts';
export type {
  MailFlight,
  MailInput,
  MailName,
  MailPriceLine,
  Mails,
  MailStay,
  MailTripItem,
  RenderedMail,
} from './mails.ts';
export type {
  AccountSlot,
  ActingBanner,
  AuthPageInput,
  AuthPageName,
  AuthPages,
  ErrorPageInput,
  LocaleLink,
  PageLink,
  ShellInput,
} from './pages.ts';
export type { SettingFinding } from './tokens.ts';
export type { ThemeFinding } from './validate-theme.ts';
export { themedBrand } from './themed-brand.ts';
