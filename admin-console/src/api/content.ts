import type { Http } from './http.ts';

export type PageText = { brandId: string; locale: string; title: string; source: string };
export type PageWrite = PageText & { state: 'draft' | 'published' };
export type BrandPage = Omit<PageWrite, 'brandId'> & {
  slug: string;
  url: string;
  updatedAt: string;
  version: number;
};

export const createContentApi = (http: Http) => ({
  pages: (brandId: string) => http.get<{ data: BrandPage[] }>('/pages', { brandId }),
  /** `version` 0: a new page. */
  write: (slug: string, page: PageWrite, version: number) =>
    http.put<BrandPage>(`/pages/${encodeURIComponent(slug)}`, page, { version }),
  preview: (page: PageText) => http.post<{ url: string }>('/pages/preview', page),
});
