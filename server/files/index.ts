import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { createFairShare } from '../kernel/http/fair-share.ts';
import { addImage } from './add-image.ts';
import { fileIdOf, type Purpose } from './file.ts';
import { postgresFiles, publishFiles } from './repository.ts';
import { serveFiles } from './serve-files.ts';

export { TooManyFiles } from './errors.ts';
export { PURPOSES, type Purpose } from './file.ts';
export type { AddedImage } from './add-image.ts';

/** A published PNG by its address, as a brand's settings name it; undefined for any other address, and for pictures of another kind. */
export async function readPublishedPng(sql: TenantSql, address: string | undefined): Promise<Buffer | undefined> {
  const id = address === undefined ? undefined : fileIdOf(address);
  const file = id === undefined ? undefined : await postgresFiles.find(sql, id);
  return file?.published && file.contentType === 'image/png' ? file.data : undefined;
}

/** Pictures that people uploaded: drawn anew, kept with the tenant's rows, served as what they are. */
export function createFiles({ database, clock }: { database: Database; clock: Clock }) {
  const store = postgresFiles;
  const drawing = createFairShare({ atOnce: 1, waiting: 8, waitMs: 10_000 });
  return {
    middleware: serveFiles({ database, store, clock }),
    addImage: (sql: TenantSql, input: { brandId: string; purpose: Purpose; data: Buffer; uploadedBy: string | null }) =>
      addImage({ store, clock, drawing }, sql, input),
    /**
     * Makes the brand's pictures among these addresses public. Answers the addresses that look like a file of ours and are none
     * of this brand's.
     */
    async publish(sql: TenantSql, brandId: string, addresses: readonly string[]): Promise<string[]> {
      const named = addresses.flatMap((address) => {
        const id = fileIdOf(address);
        return id === undefined ? [] : [{ address, id }];
      });
      if (named.length === 0) return [];
      const known = await publishFiles(
        sql,
        brandId,
        named.map(({ id }) => id),
      );
      return named.filter(({ id }) => !known.some((file) => file.id === id)).map(({ address }) => address);
    },
  };
}

export type Files = ReturnType<typeof createFiles>;
