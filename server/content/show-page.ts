import { LRUCache } from 'lru-cache';
import type { RequestContext } from '../kernel/http/context.ts';
import type { Redis } from '../kernel/redis.ts';
import { PAGE_PREFIX, SLUG, type Page } from './page.ts';
import type { Renderer } from './renderer.ts';
import { findPage, listPublished } from './repository.ts';
import { findPreview } from './write-page.ts';

const LINKS_TTL_MS = 30_000;
const PREVIEW = /^preview\/([A-Za-z0-9_-]{32})$/;

type Ctx = Pick<RequestContext, 'sql' | 'tenant' | 'brand' | 'locale'>;
export type ShownPage = Pick<Page, 'title' | 'html' | 'locale'> & { isPreview: boolean };

/** Pages for visitors of a brand: published ones by slug, previews by token. */
export function createPageReader({ renderer, redis }: { renderer: Renderer; redis: Redis }) {
  const links = new LRUCache<string, Array<{ label: string; href: string }>>({ max: 2000, ttl: LINKS_TTL_MS });
  /** Sanitised once more when read: rules may be stricter than when it was written. */
  const clean = new LRUCache<string, string>({ maxSize: 16 * 1024 * 1024, sizeCalculation: (html) => html.length + 1 });

  async function cleanHtml(tenantId: string, page: Page): Promise<string | undefined> {
    const key = `${tenantId}:${page.id}:${page.version}`;
    const kept = clean.get(key);
    if (kept !== undefined) return kept;
    const outcome = await renderer.render(tenantId, { html: page.html });
    if (outcome.ok) clean.set(key, outcome.html);
    return outcome.ok ? outcome.html : undefined;
  }

  /** In the reader's language, else in the brand's own. */
  async function findPublished(ctx: Ctx, slug: string): Promise<ShownPage | undefined> {
    for (const locale of new Set([ctx.locale, ctx.brand.defaultLocale])) {
      const page = await findPage(ctx.sql, { brandId: ctx.brand.id, slug, locale });
      if (page?.state !== 'published') continue;
      const html = await cleanHtml(ctx.tenant.id, page);
      if (html !== undefined) return { title: page.title, html, locale: page.locale, isPreview: false };
    }
    return undefined;
  }

  return {
    findPublished,
    /** What `/pages/…` shows; undefined: nothing. */
    async find(ctx: Ctx, path: string): Promise<ShownPage | undefined> {
      if (!path.startsWith(PAGE_PREFIX)) return undefined;
      const name = path.slice(PAGE_PREFIX.length);
      const token = PREVIEW.exec(name)?.[1];
      if (token !== undefined) {
        const preview = await findPreview(redis, ctx.tenant, ctx.brand.id, token);
        return preview && { ...preview, isPreview: true };
      }
      return SLUG.test(name) ? findPublished(ctx, name) : undefined;
    },
    /** Links for the foot of the brand's pages; up to half a minute old. */
    async linksOf(ctx: Ctx): Promise<Array<{ label: string; href: string }>> {
      const key = `${ctx.tenant.id}:${ctx.brand.id}:${ctx.locale}`;
      const kept = links.get(key);
      if (kept) return kept;
      const pages = await listPublished(ctx.sql, ctx.brand.id, ctx.locale);
      const made = pages.map(({ slug, title }) => ({ label: title, href: `${PAGE_PREFIX}${slug}` }));
      links.set(key, made);
      return made;
    },
    forget: (tenantId: string, brandId: string): void => {
      for (const key of links.keys()) if (key.startsWith(`${tenantId}:${brandId}:`)) links.delete(key);
    },
  };
}

export type PageReader = ReturnType<typeof createPageReader>;
