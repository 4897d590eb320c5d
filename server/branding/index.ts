import type { RequestContext } from '../kernel/http/context.ts';
import { readBrand } from './change-brand.ts';
import { createBrand, type CreateBrandDeps } from './create-brand.ts';
import { brandingRoutes } from './routes.ts';
import type { BrandCreate } from './schema.ts';

export type { CreateBrandDeps as BrandingDeps } from './create-brand.ts';

/** Brands and the hosts that name them. */
export function createBranding(deps: CreateBrandDeps) {
  return {
    routes: brandingRoutes(deps),
    /** A brand the actor may see. @throws NotFound */
    readBrand: (ctx: Pick<RequestContext, 'sql' | 'actor'>, id: string) => readBrand(ctx.sql, ctx.actor, id),
    /** An agency's own brand on its own host, with the actor's rights (a seed acts as a `reseller_admin`); repeatable after a crash. */
    createBrand: (ctx: Pick<RequestContext, 'sql' | 'tenant' | 'actor'>, input: BrandCreate) =>
      createBrand(deps, ctx, input),
  };
}

export type Branding = ReturnType<typeof createBranding>;
