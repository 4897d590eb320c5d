import path from 'node:path';
import { readFile } from 'node:fs/promises';
import Koa, { type Context, type Middleware } from 'koa';
import compress from 'koa-compress';
import compose from 'koa-compose';
import { constants } from 'node:zlib';
import { abilityFor, scopeOf } from '../access/index.ts';
import { apiDocs } from '../gateway/api-docs.ts';
import { handleFaults } from '../gateway/faults.ts';
import { limitRates } from '../gateway/limit-rates.ts';
import { requestLimits } from '../gateway/request-limits.ts';
import { securityHeaders } from '../gateway/security-headers.ts';
import { hostOf, identifyActor, resolveSite, type SiteState } from '../gateway/site.ts';
import { sendStatic, staticFiles } from '../gateway/static-files.ts';
import { createAllowances } from '../kernel/http/allowances.ts';
import { createApi, API_BASE } from '../kernel/http/api.ts';
import { createFairShare } from '../kernel/http/fair-share.ts';
import { apiMiddleware } from '../kernel/http/koa-api.ts';
import { buildOpenApi } from '../kernel/http/openapi.ts';
import { createRateLimiter } from '../kernel/http/rate-limit.ts';
import { NotFound, type AppError } from '../kernel/errors.ts';
import { createStorefront } from '../storefront/index.ts';
import { findTenantById } from '../tenancy/index.ts';
import { THEME_ASSET_PREFIX, themedBrand } from '../themes/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Modules } from './modules.ts';
import { paths } from './paths.ts';

/** Stands for the nonce in the console's built page (`admin-console/vite.config.ts`). */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

export const API_VERSION = '0.1.0';

/** The public HTTP application: who is asked (host), who asks (session or token), then the part that answers. */
export function createHttpApp(infra: Infrastructure, modules: Modules) {
  const { config, database, metrics, log } = infra;
  const { themes, hosts, identity, files, payments } = modules;
  const allowances = createAllowances(infra.redis);
  const api = createApi(modules.routes, {
    allowances,
    perActor: {
      user: { points: config.USER_REQUESTS_PER_MINUTE, seconds: 60 },
      client: { points: config.CLIENT_REQUESTS_PER_MINUTE, seconds: 60 },
    },
    rateLimiter: createRateLimiter(infra.redis),
    audit: modules.audit.trail,
    checkAnswers: config.NODE_ENV !== 'production',
  });
  const storefront = createStorefront({
    api,
    themes,
    metrics,
    pages: modules.content.reader,
    portalFolder: paths.portal,
  });
  const openapi = buildOpenApi(modules.routes, { version: API_VERSION, basePath: API_BASE, scopeOf });

  const findTenant = (id: string) => findTenantById(database.platform, id);

  const app = new Koa({ proxy: config.TRUSTED_PROXIES.length > 0, maxIpsCount: 1 });
  app.silent = true;
  app.use(
    securityHeaders({
      https: config.PUBLIC_ORIGIN_SCHEME === 'https',
      imageOrigins: [...config.IMAGE_ORIGINS, new URL(config.DUFFEL_API_BASE).origin],
    }),
  );
  app.use(
    handleFaults({ log, metrics, renderErrorPage: (ctx, problem, requestId) => errorPage(ctx, problem, requestId) }),
  );
  app.use(requestLimits());
  app.use(compress({ threshold: 1024, br: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } } }));
  app.use(platformHost(payments.webhook));
  app.use(resolveSite({ hosts, trustedProxies: config.TRUSTED_PROXIES }));
  app.use(webhooks(payments.webhook));
  app.use(themeAssets());
  app.use(staticFiles({ prefix: '/assets/portal/', folder: path.join(paths.portal, 'client'), immutable: true }));
  app.use(staticFiles({ prefix: '/console/assets/', folder: path.join(paths.console, 'assets'), immutable: true }));
  app.use(consolePage());
  app.use(apiDocs(openapi));
  app.use(
    limitRates({
      allowances,
      fairShare: createFairShare({ atOnce: config.TENANT_CONCURRENCY, waiting: 256, waitMs: 5000 }),
      addressPerMinute: config.ADDRESS_REQUESTS_PER_MINUTE,
      tenantPerMinute: config.TENANT_REQUESTS_PER_MINUTE,
    }),
  );
  app.use(files.middleware);
  app.use(identity.middleware);
  app.use(identifyActor({ database, abilityFor, authenticate: identity.authenticate }));
  app.use(apiMiddleware(api));
  app.use(storefront.middleware);

  function webhooks(webhook: Modules['payments']['webhook']): Middleware {
    const handler = webhook(findTenant);
    return (ctx, next) => (ctx.path === '/webhooks/stripe' && ctx.method === 'POST' ? handler(ctx, next) : next());
  }

  /** The operators' host belongs to no tenant: it takes the providers' webhooks. */
  function platformHost(webhook: Modules['payments']['webhook']): Middleware {
    const handle = compose([webhooks(webhook)]);
    return (ctx, next) => {
      const host = hostOf(ctx, config.TRUSTED_PROXIES).hostname;
      return host === config.PLATFORM_HOST ? handle(ctx, () => Promise.resolve()) : next();
    };
  }

  function themeAssets(): Middleware {
    return async (ctx, next) => {
      if (!ctx.path.startsWith(`${THEME_ASSET_PREFIX}/`)) return next();
      const [theme, ...rest] = ctx.path.slice(THEME_ASSET_PREFIX.length + 1).split('/');
      const asset = themes.readAsset(theme ?? '', rest.join('/'));
      if (!asset) return next();
      sendStatic(
        ctx,
        { body: Buffer.from(asset.body), contentType: asset.contentType, etag: asset.etag },
        'v' in ctx.query,
      );
    };
  }

  /** The admin console is one page; its routes live in the browser. */
  function consolePage(): Middleware {
    let page: Promise<string> | undefined;
    return async (ctx, next) => {
      if (ctx.path !== '/console' && !ctx.path.startsWith('/console/')) return next();
      // A file of an older build: a page in its place would be taken for a script.
      if (ctx.path.startsWith('/console/assets/')) throw NotFound({ what: ctx.path });
      page ??= readFile(path.join(paths.console, 'index.html'), 'utf8');
      page.catch(() => (page = undefined));
      ctx.state.route = 'console';
      ctx.type = 'html';
      ctx.set('cache-control', 'private, no-store');
      ctx.body = (await page).replaceAll(NONCE_PLACEHOLDER, String(ctx.state.nonce));
    };
  }

  function errorPage(ctx: Context, problem: AppError, requestId: string): string {
    const { brand, locale, nonce } = ctx.state as Partial<SiteState>;
    const shared = { status: problem.status, locale: locale ?? 'en', nonce: nonce ?? '', requestId };
    return themes.renderErrorPage(brand ? { ...shared, brand: themedBrand(brand, locale ?? 'en') } : shared);
  }

  return {
    app,
    api,
    openapi,
    allowances,
    warm: async () => void (await Promise.all([storefront.warm(), identity.warm()])),
  };
}
