import { z } from 'zod';

const LOCALES = ['en', 'es'] as const;

/** Languages every theme speaks; the first is the fallback. */
export const THEME_LOCALES: readonly string[] = LOCALES;
export const FALLBACK_LOCALE = 'en';

const label = z.strictObject({ en: z.string().min(1).max(120), es: z.string().min(1).max(120) });
const tokenName = z.string().regex(/^--[a-z][a-z0-9-]*$/);
const tokens = z.record(
  tokenName,
  z
    .string()
    .min(1)
    .max(300)
    .regex(/^[^;{}<>]*$/),
);
const common = { label, help: label.optional(), brandMayOverride: z.boolean() };

/** `role` says what a colour does, hence which tokens follow from it and which grounds it must be readable on. */
const colourSetting = z.strictObject({
  type: z.literal('color'),
  role: z.enum(['primary', 'accent', 'ground', 'hero']),
  default: z.string().regex(/^#[0-9a-f]{6}$/),
  ...common,
});
const textSetting = z.strictObject({
  type: z.literal('text'),
  default: z.string().max(400),
  maxLength: z.number().int().min(1).max(400),
  ...common,
});
/** `default` is '' (none) or a file of the theme; `token` receives `url("…")`. */
const imageSetting = z.strictObject({
  type: z.literal('image'),
  default: z.string().max(200),
  token: tokenName.optional(),
  ...common,
});
const selectSetting = z.strictObject({
  type: z.literal('select'),
  default: z.string().min(1),
  options: z.array(z.strictObject({ value: z.string().min(1), label, tokens })).min(2),
  ...common,
});

const settingSchema = z.discriminatedUnion('type', [colourSetting, textSetting, imageSetting, selectSetting]);

export const manifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,29}$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  label,
  description: label,
  extends: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,29}$/)
    .optional(),
  abstract: z.boolean().default(false),
  settings: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{1,39}$/), settingSchema),
});

export type ThemeManifest = z.infer<typeof manifestSchema>;
export type ThemeSetting = z.infer<typeof settingSchema>;
export type ColourSetting = z.infer<typeof colourSetting>;
