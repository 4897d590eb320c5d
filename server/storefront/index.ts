import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context, Middleware } from 'koa';
import type { Api, ApiRequest as KernelRequest } from '../kernel/http/api.ts';
import { API_BASE } from '../kernel/http/api.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { Brand, CallerContext } from '../kernel/http/context.ts';
import type { Method } from '../kernel/http/route.ts';
import { problemBody, toAppError } from '../kernel/http/problem.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import type { PageReader, ShownPage } from '../content/index.ts';
import { STOP_ACTING_PATH } from '../identity/index.ts';
import { themedBrand, type ActingBanner, type Themes } from '../themes/index.ts';
import type { ApiTransport, Locale, PublicBrand, Render } from '../../tenant-portal/src/contract.ts';
import { must } from '../kernel/must.ts';

const LOCALE_NAMES: Readonly<Record<string, string>> = { en: 'English', es: 'Español' };

function publicBrand(brand: Brand): PublicBrand {
  const legal = { companyName: brand.name, email: brand.senderEmail, ...brand.legal };
  return {
    id: brand.id,
    name: brand.name,
    origin: brand.origin,
    theme: brand.theme,
    logoUrl: brand.settings.logoUrl ?? null,
    locales: brand.locales,
    defaultLocale: brand.defaultLocale,
    currency: brand.currency,
    legal,
    contactEmail: legal.email,
    agencyName: brand.name,
  };
}

/**
 * The storefront: every page that nothing else answers is rendered on the server in the brand's theme. The renderer's API calls run in
 * this process, under the reader's own permissions.
 */
export function createStorefront(deps: {
  api: Api;
  themes: Themes;
  metrics: Metrics;
  pages: PageReader;
  portalFolder: string;
}) {
  const { api, themes, metrics } = deps;
  let renderer: Promise<Render> | undefined;
  const loadRenderer = (): Promise<Render> => {
    renderer ??= import(pathToFileURL(path.join(deps.portalFolder, 'server/entry-server.js')).href).then(
      (module: { render: Render }) => module.render,
    );
    return renderer;
  };

  const transportFor =
    (context: CallerContext): ApiTransport =>
    async (request) => {
      const call: KernelRequest = {
        method: request.method.toLowerCase() as Method,
        path: request.path,
        query: request.query ?? {},
        body: request.body,
        headers: Object.fromEntries(
          Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        context,
      };
      try {
        const { reply } = await api.invoke(call);
        return { status: reply.status, body: JSON.parse(JSON.stringify(reply.body ?? null)) as unknown };
      } catch (error) {
        const { problem, unexpected } = toAppError(error, context.requestId);
        if (unexpected) context.log.error({ err: error, path: `${API_BASE}${request.path}` }, 'page data failed');
        return { status: problem.status, body: problemBody(problem, context.requestId) };
      }
    };

  const middleware: Middleware = async (ctx, next) => {
    if ((ctx.method !== 'GET' && ctx.method !== 'HEAD') || !ctx.accepts('html')) return next();
    const context = ctx.state.requestContext as CallerContext;
    const { actor, brand } = context;
    const locale = context.locale as Locale;
    const end = metrics.ssrRenderDuration.startTimer();
    const written = await deps.pages.find(context, ctx.path);
    const footerLinks = await deps.pages.linksOf(context);
    const render = await loadRenderer();
    const page = await render(ctx.url, {
      brand: publicBrand(brand),
      session: {
        user:
          actor.kind === 'user'
            ? {
                id: must(actor.id, 'the id of a signed-in user'),
                name: actor.name,
                email: actor.email ?? '',
                role: actor.role ?? '',
                emailVerified: actor.emailVerified ?? false,
              }
            : null,
        csrfToken: actor.csrfToken ?? null,
        ...(actor.actingParty ? { acting: true } : {}),
      },
      locale,
      api: transportFor(context),
      nonce: String(ctx.state.nonce),
    });
    end();
    ctx.state.route = 'storefront';
    ctx.set('cache-control', 'private, no-store');
    if (page.redirect) {
      ctx.redirect(page.redirect);
      return;
    }
    ctx.status = written ? 200 : page.status;
    ctx.type = 'html';
    ctx.body = themes.renderShell({
      brand: themedBrand(brand, locale),
      locale,
      nonce: String(ctx.state.nonce),
      title: written?.title ?? page.head.title,
      ...(written ? {} : { description: page.head.description }),
      ...(page.head.canonical ? { canonicalUrl: page.head.canonical } : {}),
      noIndex: written ? written.isPreview : (page.head.robots?.includes('noindex') ?? false),
      nav: page.nav,
      account: {
        ...(actor.kind === 'user' ? { name: actor.name } : {}),
        links: page.accountLinks,
        ...(actor.csrfToken ? { signOut: { action: '/auth/logout', csrfToken: actor.csrfToken } } : {}),
      },
      ...actingBanner(actor),
      localeLinks: brand.locales.map((code) => ({
        locale: code,
        label: LOCALE_NAMES[code] ?? code,
        href: localeHref(ctx, code),
        current: code === locale,
      })),
      footerLinks: [...footerLinks, ...page.footerLinks],
      styles: page.styles,
      // What a brand wrote is shown as it is, without a script that could make more of it.
      ...(written
        ? { appHtml: writtenHtml(written) }
        : {
            appHtml: page.html,
            state: page.state,
            scripts: page.scripts.map((src) => ({ src })),
            preloads: page.preload,
          }),
    });
  };

  return {
    middleware,
    /** Loads the renderer ahead of the first request. */
    async warm(): Promise<void> {
      await readFile(path.join(deps.portalFolder, 'server/entry-server.js'));
      await loadRenderer();
    },
  };
}

/** Above every page while somebody acts as the reader, in the shell: it needs no script. */
function actingBanner({ actingParty, name, csrfToken }: Actor): { acting?: ActingBanner } {
  if (!actingParty || !csrfToken) return {};
  const { until, reason } = actingParty;
  const forCustomer = actingParty.kind === 'user';
  const minutesLeft = Math.max(1, Math.ceil((until.getTime() - Date.now()) / 60_000));
  const said = {
    personName: name,
    forCustomer,
    until: until.toISOString(),
    minutesLeft,
    ...(reason ? { reason } : {}),
  };
  return { acting: { ...said, action: STOP_ACTING_PATH, csrfToken } };
}

/** `html` is sanitised; the title is text. */
function writtenHtml({ title, html, locale }: ShownPage): string {
  return `<article class="container container--narrow section stack prose" lang="${locale}"><h1>${escapeHtml(title)}</h1>${html}</article>`;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

function localeHref(ctx: Context, locale: string): string {
  const url = new URL(ctx.url, 'http://site');
  url.searchParams.set('lang', locale);
  return `${url.pathname}${url.search}`;
}
