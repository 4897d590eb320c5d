import { PAGE_PREFIX, type Page } from './page.ts';

export const presentPage = (page: Page, origin: string) => ({
  slug: page.slug,
  locale: page.locale,
  title: page.title,
  source: page.source,
  state: page.state,
  url: `${origin}${PAGE_PREFIX}${page.slug}?lang=${page.locale}`,
  updatedAt: page.updatedAt.toISOString(),
  version: page.version,
});
