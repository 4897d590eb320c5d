import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import compose from 'koa-compose';
import type { RateLimiter } from '../kernel/http/rate-limit.ts';
import type { Issuers } from './issuer/issuers.ts';
import { queryOfPostedRequest } from './issuer/posted-request.ts';
import { pinOrigin } from './issuer/request-origin.ts';
import { keepUserCode } from './pages/device-pages.ts';
import type { Pages, PageScope } from './pages/page.ts';

export type PageTable = Record<string, (ctx: Context, scope: PageScope) => Promise<void>>;

const MOUNT = '/oidc';
/** Anybody's to read, from any site: discovery and public keys. */
const PUBLIC_DOCUMENTS = /^\/(\.well-known\/|jwks$)/;
const AUTHORIZATION = '/auth';
const DEVICE = '/device';
/** Guesses at codes that devices show, of one address: the codes have 34 bits and live ten minutes. */
const USER_CODE_LIMIT = { points: 30, seconds: 600 };
/** RFC 8414, section 3.1: the well-known part goes between host and the issuer's path. */
const METADATA = '/.well-known/oauth-authorization-server';

interface Deps {
  issuers: Issuers;
  pages: Pages;
  rateLimiter: RateLimiter;
  /** Where the issuer sends a visitor who must sign in or consent. */
  interact: (ctx: Context) => Promise<void>;
  /** Whether somebody else than the account's own person sits before the session. */
  isActing: (ctx: Context, scope: PageScope) => Promise<boolean>;
  table: PageTable;
}

/** Serves `/oidc/*`, its well-known address, `/interaction/*`, `/account/*` and `/auth/*`; everything else goes on. */
export function identityMiddleware({ issuers, pages, rateLimiter, interact, isActing, table }: Deps): Middleware {
  const parseForm = bodyParser({ enableTypes: ['form', 'json'], formLimit: '32kb', jsonLimit: '32kb' }) as Middleware;
  const servePage = compose<Context>([
    parseForm as never,
    async (ctx) => {
      const page = table[`${ctx.method === 'HEAD' ? 'GET' : ctx.method} ${ctx.path}`];
      const scope = pages.scopeOf(ctx);
      if (ctx.path.startsWith('/account/') && (await isActing(ctx, scope)))
        return pages.draw(
          ctx,
          scope,
          'error',
          { message: pages.text(scope, 'auth.errors.not_while_acting'), backUrl: '/' },
          403,
        );
      return page ? page(ctx, scope) : interact(ctx);
    },
  ]);

  async function serveIssuer(ctx: Context, path: string): Promise<void> {
    const { tenant, brand } = pages.scopeOf(ctx);
    const { handle } = await issuers.get(tenant, brand);
    if (path === DEVICE && ctx.method === 'POST')
      await rateLimiter.take(`${tenant.id}:user-code-from:${ctx.ip}`, USER_CODE_LIMIT);
    // The provider's answer to a link with a code is a page that needs a script; ours shows the code in its form.
    if (path === DEVICE && ctx.method === 'GET') keepUserCode(ctx.req, ctx.query.user_code);
    const search = path === DEVICE ? '' : ctx.search;
    const req = ctx.req as typeof ctx.req & { originalUrl?: string; baseUrl?: string };
    const { url } = req;
    pinOrigin(req, brand.origin);
    // oidc-provider learns where it is mounted by comparing these two.
    req.url = `${path}${search}`;
    req.originalUrl = `${MOUNT}${req.url}`;
    req.baseUrl = MOUNT;
    // The provider lets whoever asks read its answers; no script of another site is a client of ours (ASVS 5, 3.4.2).
    if (!PUBLIC_DOCUMENTS.test(path)) delete req.headers.origin;
    ctx.respond = false;
    try {
      await handle(req, ctx.res);
    } finally {
      req.url = url ?? '/';
    }
  }

  async function askByGet(ctx: Context): Promise<void> {
    const query = await queryOfPostedRequest(ctx);
    ctx.status = 303;
    ctx.set('cache-control', 'no-store');
    ctx.redirect(`${MOUNT}${AUTHORIZATION}?${query}`);
  }

  return async (ctx, next) => {
    const { path } = ctx;
    if (path === `${MOUNT}${AUTHORIZATION}` && ctx.method === 'POST') return askByGet(ctx);
    if (path.startsWith(`${MOUNT}/`)) return serveIssuer(ctx, path.slice(MOUNT.length));
    if (path === `${METADATA}${MOUNT}`) return serveIssuer(ctx, METADATA);
    const isInteraction =
      /^\/interaction\/[A-Za-z0-9_-]{10,64}(\/sso)?$/.test(path) &&
      ['GET', 'HEAD', 'POST'].includes(ctx.method) &&
      !(path.endsWith('/sso') && ctx.method === 'POST');
    if (isInteraction || table[`${ctx.method === 'HEAD' ? 'GET' : ctx.method} ${path}`]) return servePage(ctx, next);
    return next();
  };
}
