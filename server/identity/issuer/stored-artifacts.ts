import { q } from '../../kernel/database/builder.ts';
import type { TenantRef, TenantSql } from '../../kernel/database/sql.ts';
import { tenantKey } from '../../kernel/redis.ts';

/** Keys of the issuer's browser sessions of one person, over all brands: what "sign out everywhere" deletes. */
export const accountIndexKey = (tenant: TenantRef, accountId: string): string =>
  tenantKey(tenant, 'oidc-account', accountId);

/** Deletes what has expired; nothing reads it any more. Returns the number of rows. */
export const purgeExpiredArtifacts = (sql: TenantSql): Promise<number> =>
  sql.run(q('oidc_artifacts').where('expires_at', '<', q.raw(`now() - interval '1 day'`)).delete());
