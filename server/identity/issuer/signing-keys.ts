import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import { json, q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { KeyState, SigningKey } from './key-rotation.ts';

const COLUMN = 'signing_keys.private_jwk';

/** A fresh ES256 key as a row; its name is its thumbprint (RFC 7638), its private half sealed with the tenant's data key. */
async function newKeyRow(vault: TenantVault, state: KeyState) {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  const kid = await calculateJwkThumbprint(publicJwk);
  const named = { kid, alg: 'ES256', use: 'sig' };
  return {
    kid,
    algorithm: 'ES256',
    state,
    public_jwk: json({ ...publicJwk, ...named }),
    private_jwk_encrypted: vault.seal(COLUMN, JSON.stringify({ ...privateJwk, ...named })),
  };
}

/** Makes a tenant's first keys, unless it has them: one that signs and the next, published with it from the beginning. */
export async function seedSigningKeys(sql: TenantSql, vault: TenantVault): Promise<void> {
  const present = await sql.one(q('signing_keys').where({ state: 'current' }).select('kid'));
  if (present) return;
  const rows = await Promise.all([newKeyRow(vault, 'current'), newKeyRow(vault, 'next')]);
  await sql.run(q('signing_keys').insert(rows).onConflict().ignore());
}

/** Publishes a key that will sign later; undefined when there is one already. */
export async function insertNextKey(sql: TenantSql, vault: TenantVault, at: Date): Promise<string | undefined> {
  const row = { ...(await newKeyRow(vault, 'next')), created_at: at, changed_at: at };
  return (await sql.run(q('signing_keys').insert(row).onConflict().ignore())) === 1 ? row.kid : undefined;
}

export const setKeyState = (sql: TenantSql, kid: string, state: KeyState, at: Date): Promise<number> =>
  sql.run(
    q('signing_keys')
      .where({ kid })
      .update({ state, changed_at: at, ...(state === 'retired' ? { private_jwk_encrypted: null } : {}) }),
  );

/** A key that is published. */
export interface KeyRow extends SigningKey {
  readonly state: 'next' | 'current' | 'previous';
  readonly publicJwk: JWK;
  readonly sealed: string;
}

const selectKeys = () =>
  q('signing_keys')
    .select({ kid: 'kid', state: 'state', createdAt: 'created_at', changedAt: 'changed_at' })
    .orderByRaw(`array_position(array['current', 'next', 'previous', 'retired'], state), created_at desc`);

/** The tenant's published keys, the signing one first, as oidc-provider wants them. */
export const listKeys = (sql: TenantSql): Promise<KeyRow[]> =>
  sql.all<KeyRow>(
    selectKeys()
      .select({ publicJwk: 'public_jwk', sealed: 'private_jwk_encrypted' })
      .whereIn('state', ['current', 'next', 'previous']),
  );

/** Every key the tenant ever had, the last hundred retired ones at most; no key material. */
export const listKeyHistory = (sql: TenantSql): Promise<SigningKey[]> => sql.all<SigningKey>(selectKeys().limit(100));

/** Holds off every other rotation of this tenant until the transaction ends. */
export const lockKeys = (sql: TenantSql): Promise<unknown> =>
  sql.all(q('signing_keys').whereNot({ state: 'retired' }).select('kid').orderBy('kid').forUpdate());

export const openKey = (vault: TenantVault, row: KeyRow): JWK => JSON.parse(vault.open(COLUMN, row.sealed)) as JWK;
