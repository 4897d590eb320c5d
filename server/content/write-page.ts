import { randomBytes } from 'node:crypto';
import { authorize } from '../access/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Brand, RequestContext, Tenant } from '../kernel/http/context.ts';
import { must } from '../kernel/must.ts';
import { tenantKey, type Redis } from '../kernel/redis.ts';
import { TemplateRefused, TooManyPages } from './errors.ts';
import { PAGE_PREFIX, valuesOf, type Page } from './page.ts';
import type { Renderer } from './renderer.ts';
import { findPage, listPages, writePage } from './repository.ts';
import type { PageWrite } from './schema.ts';

const MAX_PAGES = 60;
const PREVIEW_SECONDS = 900;

export interface ContentDeps {
  renderer: Renderer;
  redis: Redis;
  clock: Clock;
  /** The brand as its host shows it, when the actor may change it. @throws NotFound */
  readBrand: (ctx: Pick<RequestContext, 'sql' | 'actor'>, id: string) => Promise<EditableBrand>;
  originOf: (hostname: string) => string;
}
export type EditableBrand = Pick<Brand, 'name' | 'legal' | 'hostname'> & {
  id: string;
  agencyId: string | null;
  agencyPath: string;
};
type Ctx = Pick<RequestContext, 'sql' | 'actor' | 'tenant'>;

async function editable(deps: ContentDeps, ctx: Ctx, brandId: string): Promise<EditableBrand> {
  const brand = await deps.readBrand(ctx, brandId);
  authorize(ctx.actor, 'update', 'Brand', brand);
  return brand;
}

async function render(deps: ContentDeps, tenant: Tenant, brand: EditableBrand, source: string): Promise<string> {
  const outcome = await deps.renderer.render(tenant.id, { source, values: valuesOf(brand, deps.clock.now()) });
  if (!outcome.ok) throw TemplateRefused({ faults: outcome.faults });
  return outcome.html;
}

/** Pages of a brand, drafts too. @throws NotFound for a brand outside the actor's subtree */
export async function readPages(deps: ContentDeps, ctx: Ctx, brandId: string) {
  const brand = await editable(deps, ctx, brandId);
  return { brand, pages: await listPages(ctx.sql, brandId) };
}

/**
 * Writes a page of a brand: rendered with limits, sanitised, kept as it came out and as it was written.
 * @throws NotFound, TemplateRefused, TooManyPages, VersionChanged
 */
export async function savePage(
  deps: ContentDeps,
  ctx: Ctx,
  input: PageWrite & { slug: string; version: number },
): Promise<{ brand: EditableBrand; page: Page }> {
  const brand = await editable(deps, ctx, input.brandId);
  if (input.version === 0 && (await listPages(ctx.sql, brand.id)).length >= MAX_PAGES)
    throw TooManyPages({ limit: MAX_PAGES / 2 });
  const html = await render(deps, ctx.tenant, brand, input.source);
  await writePage(ctx.sql, { ...input, html }, ctx.actor.kind === 'user' ? ctx.actor.id : null);
  return { brand, page: must(await findPage(ctx.sql, input), 'the page just written') };
}

const previewKey = (tenant: Tenant, token: string) => tenantKey(tenant, 'page-preview', token);

/** Renders a text without keeping it; the address shows it for 15 minutes, on the brand's own host. */
export async function previewPage(
  deps: ContentDeps,
  ctx: Ctx,
  input: Pick<PageWrite, 'brandId' | 'locale' | 'title' | 'source'>,
): Promise<string> {
  const brand = await editable(deps, ctx, input.brandId);
  const html = await render(deps, ctx.tenant, brand, input.source);
  const token = randomBytes(24).toString('base64url');
  const kept = JSON.stringify({ brandId: brand.id, title: input.title, locale: input.locale, html });
  await deps.redis.set(previewKey(ctx.tenant, token), kept, 'EX', PREVIEW_SECONDS);
  return `${deps.originOf(brand.hostname)}${PAGE_PREFIX}preview/${token}`;
}

/** A preview by its token, on the host of its brand only. */
export async function findPreview(
  redis: Redis,
  tenant: Tenant,
  brandId: string,
  token: string,
): Promise<Pick<Page, 'title' | 'html' | 'locale'> | undefined> {
  const kept = await redis.get(previewKey(tenant, token));
  const preview = kept ? (JSON.parse(kept) as Pick<Page, 'brandId' | 'title' | 'html' | 'locale'>) : undefined;
  return preview?.brandId === brandId ? preview : undefined;
}
