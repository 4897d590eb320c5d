import type { Http, Query } from './http.ts';
import type { Named, Page } from './types.ts';

export type BrandLegal = {
  companyName: string;
  email: string;
  taxId?: string;
  address?: string;
  licence?: string;
  phone?: string;
};
export type DomainState = 'pending' | 'verified' | 'active' | 'failed';
export type Brand = {
  id: string;
  /** Null: the reseller's own brand. */
  agency: Named | null;
  name: string;
  theme: string;
  hostname: string;
  url: string;
  domainState: DomainState;
  settings: Record<string, string>;
  legal: Record<string, string>;
  senderName: string;
  senderEmail: string;
  defaultLocale: string;
  currency: string;
  version: number;
};
export type BrandChange = {
  name: string;
  theme: string;
  settings: Record<string, string>;
  legal: BrandLegal;
  senderName?: string;
  defaultLocale?: string;
};
export type BrandCreate = BrandChange & { agencyId: string; hostname: string };

export type Label = { en: string; es: string };
export type ThemeSetting = { label: Label; help?: Label; brandMayOverride: boolean; default: string } & (
  | { type: 'color' }
  | { type: 'text'; maxLength: number }
  | { type: 'image' }
  | { type: 'select'; options: { value: string; label: Label }[] }
);
export type Theme = {
  name: string;
  version: string;
  label: Label;
  description: Label;
  settings: Record<string, ThemeSetting>;
};

export type PicturePurpose = 'logo' | 'favicon' | 'hero';
/** `url` goes into the settings, which make it public; `previewUrl` shows it before. */
export type Picture = { id: string; url: string; previewUrl: string; width: number; height: number };

function pictureForm(brandId: string, purpose: PicturePurpose, file: File): FormData {
  const form = new FormData();
  form.set('brandId', brandId);
  form.set('purpose', purpose);
  form.set('file', file);
  return form;
}

export const createBrandsApi = (http: Http) => ({
  list: (query: Query) => http.get<Page<Brand>>('/brands', query),
  create: (brand: BrandCreate) => http.post<Brand>('/brands', brand),
  change: (id: string, change: BrandChange, version: number) =>
    http.patch<Brand>(`/brands/${encodeURIComponent(id)}`, change, { version }),
  addPicture: (brandId: string, purpose: PicturePurpose, file: File) =>
    http.post<Picture>('/theme/assets', pictureForm(brandId, purpose, file)),
  themes: () => http.get<{ data: Theme[] }>('/themes'),
});
