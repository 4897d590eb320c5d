import type { RequestContext } from '../kernel/http/context.ts';
import { publicOrigin } from '../kernel/config.ts';
import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { TooManyFiles } from '../files/index.ts';
import { BodyTooLarge } from '../kernel/http/read-body.ts';
import { UploadMalformed } from '../kernel/uploads/read-upload.ts';
import { ImageTooLarge, NotAnImage } from '../kernel/uploads/redraw-image.ts';
import { addAsset } from './add-asset.ts';
import { changeBrand, readBrand } from './change-brand.ts';
import { createBrand, type CreateBrandDeps } from './create-brand.ts';
import { AgencyHasBrand, AgencyNotApproved, HostInvalid, HostTaken, ThemeUnknown } from './errors.ts';
import { hostStates, listBrands, listDomains } from './list-brands.ts';
import { presentBrand, presentDomain, presentTheme } from './presenter.ts';
import type { BrandRecord } from './repository.ts';
import {
  AssetUpload,
  AssetView,
  BrandChange,
  BrandCreate,
  BrandList,
  BrandQuery,
  BrandView,
  DomainList,
  DomainQuery,
  ThemeList,
} from './schema.ts';

const tag = 'Branding';
const CREATE_PROBLEMS = [
  NotFound,
  ValidationFailed,
  HostInvalid,
  HostTaken,
  ThemeUnknown,
  AgencyHasBrand,
  AgencyNotApproved,
];
const CHANGE_PROBLEMS = [NotFound, ValidationFailed, ThemeUnknown, PreconditionRequired, VersionChanged];

/** The API of brands, their hosts and the themes they may choose. */
export function brandingRoutes(deps: CreateBrandDeps): Route[] {
  const { config, database, themes } = deps;
  const originOf = (hostname: string) => publicOrigin(config, hostname);
  const presentAll = async (ctx: RequestContext, brands: readonly BrandRecord[]) => {
    const stateOf = await hostStates(database, ctx, brands);
    return brands.map((brand) => presentBrand(brand, { state: stateOf(brand), originOf }));
  };
  const answer = async (status: number, ctx: RequestContext, brand: BrandRecord) => ({
    status,
    body: (await presentAll(ctx, [brand]))[0],
    headers: etagOf(brand),
  });

  return [
    defineRoute(
      {
        method: 'get',
        path: '/brands',
        summary: 'Brands you may see',
        tag,
        can: ['read', 'Brand'],
        query: BrandQuery,
        responses: { 200: BrandList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listBrands(ctx, query);
        return { status: 200, body: { data: await presentAll(ctx, rows), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/brands',
        summary: 'Give an agency its own brand; see domainState for whether its host answers yet',
        tag,
        can: ['create', 'Brand'],
        rateLimit: { points: 30, seconds: 600 },
        body: BrandCreate,
        responses: { 201: BrandView },
        problems: CREATE_PROBLEMS,
      },
      async ({ ctx, body }) => answer(201, ctx, await createBrand(deps, ctx, body)),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/brands/:id',
        summary: 'One brand',
        tag,
        can: ['read', 'Brand'],
        params: IdParams,
        responses: { 200: BrandView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => answer(200, ctx, await readBrand(ctx.sql, ctx.actor, params.id)),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/brands/:id',
        summary: 'Change theme, settings, legal data or sender (If-Match)',
        tag,
        can: ['update', 'Brand'],
        params: IdParams,
        body: BrandChange,
        responses: { 200: BrandView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) =>
        answer(
          200,
          ctx,
          await changeBrand(
            deps,
            ctx.sql,
            ctx.actor,
            {
              id: params.id,
              version: requiredVersion(headers),
              change: body,
            },
            ctx.audit,
          ),
        ),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/theme/assets',
        summary: "Upload a picture for a brand's look: PNG, JPEG, WebP or SVG, drawn anew",
        tag,
        can: ['update', 'Brand'],
        rateLimit: { points: 30, seconds: 300 },
        upload: { field: 'file', maxBytes: 4 * 1_048_576 },
        body: AssetUpload,
        responses: { 201: AssetView },
        problems: [NotFound, NotAnImage, ImageTooLarge, TooManyFiles, BodyTooLarge, UploadMalformed],
      },
      async ({ ctx, body }) => {
        const { path, previewPath, ...rest } = await addAsset(deps.files, ctx, { ...body, data: body.file.data });
        return { status: 201, body: { ...rest, url: path, previewUrl: previewPath } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/themes',
        summary: 'Installed themes and their settings',
        tag,
        can: ['read', 'Brand'],
        responses: { 200: ThemeList },
      },
      () => Promise.resolve({ status: 200, body: { data: themes.list().map(presentTheme) } }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/domains',
        summary: 'Hosts of the brands you may see',
        tag,
        can: ['read', 'Brand'],
        query: DomainQuery,
        responses: { 200: DomainList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listDomains(database, ctx, query);
        return { status: 200, body: { data: rows.map(presentDomain), next } };
      },
    ),
  ];
}
