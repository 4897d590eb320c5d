import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';

const SECRET = 'user_totp.secret';

/** The secret of a person's authenticator app, and the time step last used. */
export async function findTotp(
  sql: TenantSql,
  userId: string,
): Promise<{ secret: string; lastStep: number } | undefined> {
  const row = await sql.one<{ sealed: string; lastStep: string }>(
    q('user_totp').where({ user_id: userId }).select({ sealed: 'secret_encrypted', lastStep: 'last_step' }),
  );
  return row && { secret: sql.vault.open(SECRET, row.sealed, userId), lastStep: Number(row.lastStep) };
}

export const hasTotp = async (sql: TenantSql, userId: string): Promise<boolean> =>
  (await sql.one(q('user_totp').where({ user_id: userId }).select('user_id'))) !== undefined;

export const saveTotp = (sql: TenantSql, userId: string, secret: string, step: number) =>
  sql.run(
    q('user_totp')
      .insert({ user_id: userId, secret_encrypted: sql.vault.seal(SECRET, secret, userId), last_step: step })
      .onConflict('user_id')
      .merge(['secret_encrypted', 'last_step']),
  );

/** Uses up a time step: of two with the same code one wins. */
export const useStep = async (sql: TenantSql, userId: string, step: number): Promise<boolean> =>
  (await sql.run(
    q('user_totp').where({ user_id: userId }).where('last_step', '<', step).update({ last_step: step }),
  )) === 1;

export async function deleteTotp(sql: TenantSql, userId: string): Promise<void> {
  await sql.run(q('user_totp').where({ user_id: userId }).delete());
  await sql.run(q('user_recovery_codes').where({ user_id: userId }).delete());
}

/** Replaces all recovery codes of a person. */
export async function saveRecoveryCodes(sql: TenantSql, userId: string, hashes: readonly string[]): Promise<void> {
  await sql.run(q('user_recovery_codes').where({ user_id: userId }).delete());
  await sql.run(q('user_recovery_codes').insert(hashes.map((hash) => ({ user_id: userId, code_hash: hash }))));
}

export const useRecoveryCode = async (sql: TenantSql, userId: string, hash: string): Promise<boolean> =>
  (await sql.run(
    q('user_recovery_codes')
      .where({ user_id: userId, code_hash: hash })
      .whereNull('used_at')
      .update({ used_at: q.fn.now() }),
  )) === 1;

export async function countRecoveryCodes(sql: TenantSql, userId: string): Promise<number> {
  const row = await sql.one<{ left: number }>(
    q('user_recovery_codes').where({ user_id: userId }).whereNull('used_at').select(q.raw('count(*)::int as "left"')),
  );
  return row?.left ?? 0;
}

export interface PasskeyRow {
  id: string;
  userId: string;
  rpId: string;
  credentialId: string;
  publicKey: string;
  counter: string;
  transports: string[];
  backedUp: boolean;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

const selectPasskeys = () =>
  q('user_passkeys').select({
    id: 'id',
    userId: 'user_id',
    rpId: 'rp_id',
    credentialId: 'credential_id',
    publicKey: 'public_key',
    counter: 'counter',
    transports: 'transports',
    backedUp: 'backed_up',
    name: 'name',
    createdAt: 'created_at',
    lastUsedAt: 'last_used_at',
  });

/** At most `MOST_PASSKEYS` a person, so the list is whole. */
export const MOST_PASSKEYS = 20;
export const listPasskeys = (sql: TenantSql, userId: string) =>
  sql.all<PasskeyRow>(selectPasskeys().where({ user_id: userId }).orderBy('created_at').limit(MOST_PASSKEYS));
export const findPasskey = (sql: TenantSql, rpId: string, credentialId: string) =>
  sql.one<PasskeyRow>(selectPasskeys().where({ rp_id: rpId, credential_id: credentialId }));

/** False when the key is known already. */
export const insertPasskey = async (
  sql: TenantSql,
  key: Omit<PasskeyRow, 'createdAt' | 'lastUsedAt' | 'counter'> & { counter: number },
): Promise<boolean> =>
  (await sql.run(
    q('user_passkeys')
      .insert({
        id: key.id,
        user_id: key.userId,
        rp_id: key.rpId,
        credential_id: key.credentialId,
        public_key: key.publicKey,
        counter: key.counter,
        transports: key.transports,
        backed_up: key.backedUp,
        name: key.name,
      })
      .onConflict('credential_id')
      .ignore(),
  )) === 1;

/** Notes a use; false when the counter moved meanwhile, as it does for a copied key. */
export const notePasskeyUse = async (
  sql: TenantSql,
  key: Pick<PasskeyRow, 'id' | 'counter'>,
  used: { counter: number; backedUp: boolean },
): Promise<boolean> =>
  (await sql.run(
    q('user_passkeys')
      .where({ id: key.id, counter: key.counter })
      .update({ counter: used.counter, backed_up: used.backedUp, last_used_at: q.fn.now() }),
  )) === 1;

export const renamePasskey = async (sql: TenantSql, userId: string, id: string, name: string): Promise<boolean> =>
  (await sql.run(q('user_passkeys').where({ id, user_id: userId }).update({ name }))) === 1;
export const deletePasskey = async (sql: TenantSql, userId: string, id: string): Promise<boolean> =>
  (await sql.run(q('user_passkeys').where({ id, user_id: userId }).delete())) === 1;
