import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { digest } from '../../kernel/crypto/vault.ts';
import { json, q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { RevokeFamily } from './refresh-reuse.ts';

interface ArtifactRow {
  payload: AdapterPayload;
  consumed_at: Date | null;
}

const epoch = (at: Date): number => Math.floor(at.getTime() / 1000);

/**
 * What must outlive Redis: grants and refresh tokens, in the tenant's own schema. The token itself is not stored, only its digest: a
 * leaked table opens nothing.
 */
export function createSqlAdapter(deps: {
  sql: TenantSql;
  issuer: string;
  model: string;
  /** Told when a token is redeemed by two at once: the loser holds what the winner has used. */
  onLostRace?: RevokeFamily;
}): Adapter {
  const { sql, issuer, model } = deps;
  const at = (id: string) => ({ issuer, model, id: digest(id) });
  return {
    async upsert(id, payload, expiresIn) {
      const { jti: _token, ...kept } = payload;
      const row = {
        ...at(id),
        payload: json(kept),
        grant_id: payload.grantId ?? null,
        expires_at: expiresIn ? new Date(Date.now() + expiresIn * 1000) : null,
      };
      await sql.run(
        q('oidc_artifacts')
          .insert(row)
          .onConflict(['issuer', 'model', 'id'])
          .merge(['payload', 'grant_id', 'expires_at']),
      );
    },
    async find(id) {
      const row = await sql.one<ArtifactRow>(
        q('oidc_artifacts')
          .where(at(id))
          .where((any) => void any.whereNull('expires_at').orWhere('expires_at', '>', q.fn.now()))
          .select('payload', 'consumed_at'),
      );
      return row && { ...row.payload, jti: id, ...(row.consumed_at ? { consumed: epoch(row.consumed_at) } : {}) };
    },
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    async consume(id) {
      const won = await sql.run(
        q('oidc_artifacts').where(at(id)).whereNull('consumed_at').update({ consumed_at: q.fn.now() }),
      );
      if (won === 1) return;
      const { payload } = (await sql.one<ArtifactRow>(q('oidc_artifacts').where(at(id)).select('payload'))) ?? {};
      if (payload?.grantId && payload.accountId && payload.clientId)
        await deps.onLostRace?.({
          grantId: payload.grantId,
          accountId: payload.accountId,
          clientId: payload.clientId,
        });
      throw new errors.InvalidGrant(`${model} already used`);
    },
    async destroy(id) {
      await sql.run(q('oidc_artifacts').where(at(id)).delete());
    },
    async revokeByGrantId(grantId) {
      await sql.run(q('oidc_artifacts').where({ issuer, model, grant_id: grantId }).delete());
    },
  };
}
