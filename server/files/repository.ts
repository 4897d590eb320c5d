import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { FileStore, StoredFile } from './file.ts';

/** Pictures nobody published by then are forgotten with the next upload. */
const FORGET_AFTER = '1 day';

/** Files in the tenant's own schema: its role, its backup, its end are theirs too. */
export const postgresFiles: FileStore<TenantSql> = {
  async put(sql, file) {
    await sql.run(
      q('files').insert({
        id: file.id,
        brand_id: file.brandId,
        purpose: file.purpose,
        content_type: file.contentType,
        data: file.data,
        digest: file.digest,
        width: file.width,
        height: file.height,
        uploaded_by: file.uploadedBy,
      }),
    );
  },
  find: (sql, id) =>
    sql.one<StoredFile>(
      q('files')
        .where({ id })
        .select({
          id: 'id',
          contentType: 'content_type',
          data: 'data',
          digest: 'digest',
          published: q.raw('published_at is not null'),
        }),
    ),
};

/** Number of a brand's pictures, after those nobody wanted are gone. */
export async function countAfterCleaning(sql: TenantSql, brandId: string): Promise<number> {
  await sql.run(
    q('files')
      .where({ brand_id: brandId })
      .whereNull('published_at')
      .whereRaw(`created_at < now() - interval '${FORGET_AFTER}'`)
      .delete(),
  );
  const row = await sql.one<{ count: number }>(
    q('files').where({ brand_id: brandId }).select(q.raw('count(*)::int as count')),
  );
  return row?.count ?? 0;
}

/** Ids among these that are files of the brand; they are public from now on. */
export const publishFiles = (sql: TenantSql, brandId: string, ids: readonly string[]) =>
  sql.all<{ id: string }>(
    q('files')
      .where({ brand_id: brandId })
      .whereIn('id', ids)
      .update({ published_at: q.raw('coalesce(published_at, now())') })
      .returning('id'),
  );
