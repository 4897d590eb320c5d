import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import { json, q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';

const COLUMN = 'signing_keys.private_jwk';

/**
 * Makes a tenant's first ES256 key, unless it has one: all its issuers sign with it. The private half is sealed with the tenant's data key.
 */
export async function seedSigningKey(sql: TenantSql, vault: TenantVault): Promise<void> {
  const present = await sql.one(q('signing_keys').where({ state: 'current' }).select('kid'));
  if (present) return;
  const pair = await generateKeyPair('ES256', { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  const kid = await calculateJwkThumbprint(publicJwk);
  const named = { kid, alg: 'ES256', use: 'sig' };
  await sql.run(
    q('signing_keys').insert({
      kid,
      algorithm: 'ES256',
      state: 'current',
      public_jwk: json({ ...publicJwk, ...named }),
      private_jwk_encrypted: vault.seal(COLUMN, JSON.stringify({ ...privateJwk, ...named })),
    }),
  );
}

export interface KeyRow {
  kid: string;
  state: 'next' | 'current' | 'previous';
  publicJwk: JWK;
  sealed: string;
}

/** The tenant's keys, the signing one first, as oidc-provider wants them. */
export function listKeys(sql: TenantSql): Promise<KeyRow[]> {
  return sql.all<KeyRow>(
    q('signing_keys')
      .select({ kid: 'kid', state: 'state', publicJwk: 'public_jwk', sealed: 'private_jwk_encrypted' })
      .orderByRaw(`array_position(array['current', 'next', 'previous'], state), created_at desc`),
  );
}

export const openKey = (vault: TenantVault, row: KeyRow): JWK => JSON.parse(vault.open(COLUMN, row.sealed)) as JWK;
