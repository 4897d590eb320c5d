import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Brand } from '../kernel/http/context.ts';
import { pagePolicyOf } from '../kernel/http/page-policy.ts';

/** Of every answer, whatever it is. */
const FIXED: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
  'x-permitted-cross-domain-policies': 'none',
  'permissions-policy':
    'accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), fullscreen=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()',
};
/** A year, subdomains too (ASVS 5, 3.4.1). */
const HSTS = 'max-age=31536000; includeSubDomains';
/** Of answers no page is made of: opened by themselves they may load and run nothing. */
const INERT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
/** The browser's own reader of PDF is a page with parts, which a sandbox would keep from working. */
const DOCUMENT = "object-src 'self'; script-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Security headers of every answer (ASVS 5, 3.4). A page gets a strict policy with a nonce of its own: scripts by nonce and what those load,
 * no sink of text in scripts but Vue's own compiler of static markup (Trusted Types), nothing from elsewhere but pictures
 * of named origins. Everything that is not a page may do nothing at all.
 * @param options.imageOrigins where the suppliers' pictures come from
 */
export function securityHeaders(options: { https: boolean; imageOrigins: readonly string[] }): Middleware {
  const fixed = { ...FIXED, ...(options.https ? { 'strict-transport-security': HSTS } : {}) };
  return async (ctx, next) => {
    // 122 random bits out of Node's pool: a call for fresh bytes with every request costs more than the rest of this.
    const nonce = randomUUID().replaceAll('-', '');
    ctx.state.nonce = nonce;
    ctx.set(fixed);
    const strict = pagePolicy(nonce, options.imageOrigins);
    // Stands already where somebody answers past Koa, or fails.
    ctx.set('content-security-policy', strict);
    await next();
    if (ctx.headerSent || ctx.respond === false || ctx.response.get('content-security-policy') !== strict) return;
    ctx.set('content-security-policy', policyOf(ctx, nonce, strict, options.imageOrigins));
  };
}

function policyOf(ctx: Context, nonce: string, strict: string, imageOrigins: readonly string[]): string {
  if (ctx.type === 'application/pdf') return DOCUMENT;
  if (ctx.type !== 'text/html') return INERT;
  const own = imagesOf(ctx.state.brand as Brand | undefined);
  const { formTargets = [] } = pagePolicyOf(ctx);
  return own.length + formTargets.length === 0 ? strict : pagePolicy(nonce, [...imageOrigins, ...own], formTargets);
}

/** Origins of pictures that a brand keeps elsewhere. */
function imagesOf(brand: Brand | undefined): string[] {
  const origins = Object.values(brand?.settings ?? {}).flatMap((value) =>
    /^https?:\/\//.test(value) && URL.canParse(value) ? [new URL(value).origin] : [],
  );
  return [...new Set(origins)];
}

function pagePolicy(nonce: string, images: readonly string[], formTargets: readonly string[] = []): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data: ${images.join(' ')}`.trim(),
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    `form-action 'self' ${formTargets.join(' ')}`.trim(),
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue',
  ].join('; ');
}
