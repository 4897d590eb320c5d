import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Vault } from '../../kernel/crypto/vault.ts';
import type { Brand, Tenant } from '../../kernel/http/context.ts';
import { newSecret } from '../../kernel/ids.ts';
import type { AuthPageInput, AuthPageName, AuthPages, ThemedBrand, Themes } from '../../themes/index.ts';
import { matchLocale } from './match-locale.ts';
import { hostCookie, readCookie, writeCookie } from '../portal/cookies.ts';

/** What identity needs of the themes. */
export type PageThemes = Pick<Themes, 'renderAuthPage' | 'renderErrorPage' | 'translations'>;

/** For whom and how a page is drawn. */
export interface PageScope {
  readonly tenant: Tenant;
  readonly brand: Brand;
  readonly locale: string;
  readonly nonce: string;
  readonly requestId: string;
}

const FORM_COOKIE = 'portolan_form';

export function toThemedBrand(brand: Brand): ThemedBrand {
  const { id, name, theme, origin, locales, settings, legal, senderName, senderEmail } = brand;
  return {
    id,
    name,
    theme,
    origin,
    locales,
    settings,
    senderName,
    senderEmail,
    locale: brand.defaultLocale,
    legal: { companyName: name, email: senderEmail, ...legal },
  };
}

/** Account pages: drawn in the brand's theme, never cached, protected against forged posts before there is a session. */
export function createPages(deps: { themes: PageThemes; vault: Vault }) {
  const scopes = new WeakMap<IncomingMessage, PageScope>();
  const formCookie = (brand: Brand) => hostCookie(FORM_COOKIE, brand.origin);

  /** A token bound to this browser's form cookie and this tenant (signed double submit, OWASP CSRF). */
  function csrfToken(ctx: Context, { tenant, brand }: Pick<PageScope, 'tenant' | 'brand'>): string {
    let value = readCookie(ctx, formCookie(brand)) ?? (ctx.state.formCookie as string | undefined);
    if (!value || value.length !== 43) {
      value = newSecret();
      ctx.state.formCookie = value;
      writeCookie(ctx, formCookie(brand), value, { origin: brand.origin });
    }
    return sign(tenant, value);
  }

  const sign = (tenant: Tenant, value: string): string =>
    createHmac('sha256', deps.vault.forTenant(tenant.id, tenant.wrappedDataKey).derive('form-csrf'))
      .update(value)
      .digest('base64url');

  return {
    csrfToken,
    /** The scope of a request; remembered, so that pages drawn inside the issuer find it. */
    scopeOf(ctx: Context): PageScope {
      const known = scopes.get(ctx.req);
      if (known) return known;
      const { tenant, brand } = ctx.state as { tenant: Tenant; brand: Brand };
      const { nonce, requestId, locale } = ctx.state as { nonce?: string; requestId?: string; locale?: string };
      const scope = {
        tenant,
        brand,
        locale: locale ?? brand.defaultLocale,
        nonce: nonce ?? '',
        requestId: requestId ?? '',
      };
      scopes.set(ctx.req, scope);
      return scope;
    },
    /** Whether a posted form is this site's own: token of this browser, Origin of the brand. */
    isGenuine(ctx: Context, { tenant, brand }: PageScope, token: unknown): boolean {
      const origin = ctx.get('origin');
      if (origin ? origin !== brand.origin : ctx.get('sec-fetch-site') === 'cross-site') return false;
      const cookie = readCookie(ctx, formCookie(brand));
      if (!cookie || typeof token !== 'string') return false;
      const expected = Buffer.from(sign(tenant, cookie));
      const given = Buffer.from(token);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
    /**
     * The scope in the language that an application asked for (`ui_locales`, OpenID Connect Core, 3.1.2.1), if it is one of the brand's and the
     * visitor has not chosen one.
     */
    inLanguageOf(ctx: Context, scope: PageScope, uiLocales: unknown): PageScope {
      const { locales } = scope.brand;
      const chosen = [ctx.query.lang, readCookie(ctx, 'locale')].some((code) => locales.includes(String(code)));
      const locale = chosen ? undefined : matchLocale(locales, uiLocales);
      if (!locale) return scope;
      const translated = { ...scope, locale };
      scopes.set(ctx.req, translated);
      return translated;
    },
    /** A sentence of the theme in the reader's language. */
    text: ({ brand, locale }: PageScope, key: string): string =>
      deps.themes.translations(brand.theme, locale)[key] ?? key,
    /** Draws a page. The referrer stays within the site: addresses of these pages can hold tokens. */
    draw<Page extends AuthPageName>(
      ctx: Context,
      scope: PageScope,
      page: Page,
      input: AuthPages[Page],
      status = 200,
    ): void {
      const { brand, locale, nonce } = scope;
      const localeLinks = brand.locales.map((code) => ({
        locale: code,
        label: languageName(code),
        href: localeHref(ctx, code),
        current: code === locale,
      }));
      ctx.status = status;
      ctx.set('cache-control', 'no-store');
      ctx.set('referrer-policy', 'same-origin');
      ctx.type = 'html';
      ctx.body = deps.themes.renderAuthPage(page, {
        brand: toThemedBrand(brand),
        locale,
        nonce,
        localeLinks,
        ...input,
      } as unknown as AuthPageInput<Page>);
    },
  };
}

export type Pages = ReturnType<typeof createPages>;

const languageName = (locale: string): string =>
  new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;

function localeHref(ctx: Context, locale: string): string {
  const query = new URLSearchParams(ctx.querystring);
  query.set('lang', locale);
  // Pages that the issuer draws are mounted: their path is not the whole of it.
  const { baseUrl = '' } = ctx.req as IncomingMessage & { baseUrl?: string };
  return `${baseUrl}${ctx.path}?${query.toString()}`;
}

/** A posted field as text; '' when missing or of another type. */
export const field = (ctx: Context, name: string, maxLength = 254): string => {
  const value = (ctx.request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value.slice(0, maxLength) : '';
};
