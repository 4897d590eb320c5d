import { NotFound } from '../kernel/errors.ts';
import { VersionChanged, PreconditionRequired, etagOf, requiredVersion } from '../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { TemplateRefused, TooManyPages } from './errors.ts';
import { presentPage } from './presenter.ts';
import {
  PageList,
  PagePreview,
  PagesQuery,
  PageView,
  PageWrite,
  PreviewView,
  PublicPageQuery,
  PublicPageView,
  SlugParams,
} from './schema.ts';
import type { PageReader } from './show-page.ts';
import { previewPage, readPages, savePage, type ContentDeps } from './write-page.ts';

const tag = 'Branding';

/** The API of the pages that a brand writes itself. */
export function contentRoutes(deps: ContentDeps, reader: PageReader): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/pages',
        summary: "A brand's own pages, drafts too",
        tag,
        can: ['update', 'Brand'],
        query: PagesQuery,
        responses: { 200: PageList },
        problems: [NotFound],
      },
      async ({ ctx, query }) => {
        const { brand, pages } = await readPages(deps, ctx, query.brandId);
        return { status: 200, body: { data: pages.map((page) => presentPage(page, deps.originOf(brand.hostname))) } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/pages/:slug',
        summary: "A published page of this host's brand, in the reader's language or the brand's own",
        tag,
        can: 'public',
        params: SlugParams,
        query: PublicPageQuery,
        responses: { 200: PublicPageView },
        problems: [NotFound],
      },
      async ({ ctx, params, query }) => {
        const page = await reader.findPublished({ ...ctx, locale: query.locale ?? ctx.locale }, params.slug);
        if (!page) throw NotFound({ what: 'This page' });
        const { title, html, locale } = page;
        return { status: 200, body: { slug: params.slug, locale, title, html } };
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/pages/:slug',
        summary: 'Write a page of a brand (If-Match: its version, "0" for a new one)',
        tag,
        can: ['update', 'Brand'],
        rateLimit: { points: 60, seconds: 300 },
        params: SlugParams,
        body: PageWrite,
        responses: { 200: PageView },
        problems: [NotFound, TemplateRefused, TooManyPages, VersionChanged, PreconditionRequired],
      },
      async ({ ctx, params, body, headers }) => {
        const { brand, page } = await savePage(deps, ctx, { ...body, ...params, version: requiredVersion(headers) });
        reader.forget(ctx.tenant.id, brand.id);
        return { status: 200, body: presentPage(page, deps.originOf(brand.hostname)), headers: etagOf(page) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/pages/preview',
        summary: 'Render a text in the brand; the answer is an address that shows it for 15 minutes',
        tag,
        can: ['update', 'Brand'],
        rateLimit: { points: 120, seconds: 300 },
        body: PagePreview,
        responses: { 200: PreviewView },
        problems: [NotFound, TemplateRefused],
      },
      async ({ ctx, body }) => ({ status: 200, body: { url: await previewPage(deps, ctx, body) } }),
    ),
  ];
}
