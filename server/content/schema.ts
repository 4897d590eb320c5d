import { z } from 'zod';
import { Instant, Uuid } from '../kernel/http/wire.ts';
import { SLUG } from './page.ts';

const locale = z.enum(['en', 'es']);
export const SlugParams = z.object({ slug: z.string().regex(SLUG) });
export const PublicPageQuery = z.strictObject({ locale: locale.optional() });
export const PublicPageView = z
  .object({ slug: z.string(), locale: z.string(), title: z.string(), html: z.string() })
  .openapi('PublicPage');

export const PagesQuery = z.strictObject({ brandId: Uuid });
export const PageView = z
  .object({
    slug: z.string(),
    locale: z.string(),
    title: z.string(),
    source: z.string(),
    state: z.enum(['draft', 'published']),
    url: z.string(),
    updatedAt: Instant,
    version: z.number().int(),
  })
  .openapi('Page');
export const PageList = z.object({ data: z.array(PageView) });

const text = {
  brandId: Uuid,
  locale,
  title: z.string().trim().min(1).max(120),
  /** HTML with `{{brand.name}}` and the like; see the guide. */
  source: z.string().max(60_000),
};
export const PagePreview = z.strictObject(text).openapi('PagePreview');
export const PageWrite = z.strictObject({ ...text, state: z.enum(['draft', 'published']) }).openapi('PageWrite');
export type PageWrite = z.infer<typeof PageWrite>;
export const PreviewView = z.object({ url: z.string() }).openapi('PreviewLink');
