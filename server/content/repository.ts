import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import { newId } from '../kernel/ids.ts';
import type { Page } from './page.ts';

const selectPages = () =>
  q('pages').select({
    id: 'id',
    brandId: 'brand_id',
    slug: 'slug',
    locale: 'locale',
    title: 'title',
    source: 'source',
    html: 'html',
    state: 'state',
    updatedAt: 'updated_at',
    version: 'version',
  });

type Key = Pick<Page, 'brandId' | 'slug' | 'locale'>;
const where = ({ brandId, slug, locale }: Key) => ({ brand_id: brandId, slug, locale });

export const findPage = (sql: TenantSql, key: Key) => sql.one<Page>(selectPages().where(where(key)));
export const listPages = (sql: TenantSql, brandId: string) =>
  sql.all<Page>(selectPages().where({ brand_id: brandId }).orderBy(['slug', 'locale']).limit(100));
export const listPublished = (sql: TenantSql, brandId: string, locale: string) =>
  sql.all<Pick<Page, 'slug' | 'title'>>(
    q('pages')
      .where({ brand_id: brandId, locale, state: 'published' })
      .orderBy('slug')
      .limit(50)
      .select('slug', 'title'),
  );

/** Writes a page anew (`version` 0) or over the version that was read. @throws VersionChanged */
export async function writePage(
  sql: TenantSql,
  page: Omit<Page, 'id' | 'updatedAt'>,
  updatedBy: string | null,
): Promise<void> {
  const columns = { title: page.title, source: page.source, html: page.html, state: page.state, updated_by: updatedBy };
  const written =
    page.version === 0
      ? await sql.run(
          q('pages')
            .insert({ id: newId(), ...where(page), ...columns })
            .onConflict()
            .ignore(),
        )
      : await sql.run(
          q('pages')
            .where({ ...where(page), version: page.version })
            .update({ ...columns, version: q.raw('version + 1'), updated_at: q.fn.now() }),
        );
  if (written === 0) throw VersionChanged();
}
