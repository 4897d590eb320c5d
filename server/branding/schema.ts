import { z } from 'zod';
import type { Upload } from '../kernel/uploads/read-upload.ts';
import { Instant, PageQuery, Uuid, pageOf } from '../kernel/http/wire.ts';

export const DomainState = z.enum(['pending', 'verified', 'active', 'failed']);
const email = z.email().max(254);
const line = (max: number) => z.string().trim().min(1).max(max);

/** Who the customer contracts with: stands in the footer of pages and mails. */
export const BrandLegalInput = z
  .strictObject({
    companyName: line(160),
    taxId: line(40).optional(),
    address: line(300).optional(),
    licence: line(80).optional(),
    email,
    phone: line(40).optional(),
  })
  .openapi('BrandLegal');
export type BrandLegalInput = z.infer<typeof BrandLegalInput>;

/** Values by name of the theme's settings (`GET /themes`); '' or left out: the theme's own. */
const settings = z.record(
  z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, { error: 'must be the name of a setting' }),
  z.string().max(2048),
);
const themeName = z.string().regex(/^[a-z][a-z0-9-]{1,29}$/, { error: 'must be the name of an installed theme' });
const name = z.string().trim().min(2).max(80);
const senderName = z
  .string()
  .trim()
  .min(2)
  .max(80)
  .regex(/^[^\p{Cc}<>"]+$/u, { error: 'must not hold quotes, < or >, or control characters' });

export const BrandView = z
  .object({
    id: Uuid,
    /** Null: the reseller's own brand. */
    agency: z.object({ id: Uuid, name: z.string() }).nullable(),
    name: z.string(),
    theme: z.string(),
    hostname: z.string(),
    /** Address of the storefront. */
    url: z.string(),
    /** The storefront answers when `active`; a `pending` host serves nothing yet. */
    domainState: DomainState,
    settings: z.record(z.string(), z.string()),
    legal: z.record(z.string(), z.string()),
    senderName: z.string(),
    senderEmail: z.string(),
    locales: z.array(z.string()),
    defaultLocale: z.string(),
    currency: z.string().length(3),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.number().int(),
  })
  .openapi('Brand');
export type BrandView = z.infer<typeof BrandView>;
export const BrandList = pageOf(BrandView).openapi('BrandPage');
export const BrandQuery = PageQuery.extend({ agencyId: Uuid.optional() }).strict();
export type BrandQuery = z.infer<typeof BrandQuery>;

export const BrandCreate = z
  .strictObject({
    agencyId: Uuid,
    name,
    theme: themeName,
    /** Without scheme, port or path, e.g. travel.example.com. */
    hostname: z.string().trim().min(3).max(253),
    legal: BrandLegalInput,
    settings: settings.default({}),
    senderName: senderName.optional().describe('Default: the name of the brand'),
    defaultLocale: z.enum(['en', 'es']).optional().describe("Default: the reseller's"),
  })
  .openapi('BrandCreate');
export type BrandCreate = z.infer<typeof BrandCreate>;

/** What is left out stays; `settings` and `legal` are replaced as a whole. */
export const BrandChange = z
  .strictObject({
    name: name.optional(),
    theme: themeName.optional(),
    settings: settings.optional(),
    legal: BrandLegalInput.optional(),
    senderName: senderName.optional(),
    defaultLocale: z.enum(['en', 'es']).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'name at least one field to change',
  })
  .openapi('BrandChange');
export type BrandChange = z.infer<typeof BrandChange>;

export const AssetUpload = z
  .strictObject({
    brandId: Uuid,
    purpose: z.enum(['logo', 'favicon', 'hero']),
    file: z
      .custom<Upload>((value) => Buffer.isBuffer((value as Upload | undefined)?.data), {
        error: 'send a picture in the field "file"',
      })
      .openapi({ type: 'string', format: 'binary' }),
  })
  .openapi('AssetUpload');
export const AssetView = z
  .object({
    id: Uuid,
    /** Goes into the brand's settings, which make it public. */
    url: z.string(),
    /** Shows it for 15 minutes, published or not. */
    previewUrl: z.string(),
    width: z.number().int(),
    height: z.number().int(),
  })
  .openapi('Asset');

const label = z.object({ en: z.string(), es: z.string() });
const common = { label, help: label.optional(), brandMayOverride: z.boolean(), default: z.string() };
export const ThemeSettingView = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('color'), ...common }),
    z.object({ type: z.literal('text'), maxLength: z.number().int(), ...common }),
    z.object({ type: z.literal('image'), ...common }),
    z.object({ type: z.literal('select'), options: z.array(z.object({ value: z.string(), label })), ...common }),
  ])
  .openapi('ThemeSetting');
export const ThemeView = z
  .object({
    name: z.string(),
    version: z.string(),
    label,
    description: label,
    settings: z.record(z.string(), ThemeSettingView),
  })
  .openapi('Theme');
export type ThemeView = z.infer<typeof ThemeView>;
export const ThemeList = z.object({ data: z.array(ThemeView) });

export const DomainView = z
  .object({ hostname: z.string(), brandId: Uuid, brandName: z.string(), state: DomainState, createdAt: Instant })
  .openapi('Domain');
export const DomainList = pageOf(DomainView).openapi('DomainPage');
export const DomainQuery = PageQuery.strict();
export type DomainQuery = z.infer<typeof DomainQuery>;
