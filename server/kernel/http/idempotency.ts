import { createHash } from 'node:crypto';
import { readForm } from '../crypto/vault.ts';
import { json, q } from '../database/builder.ts';
import type { TenantSql } from '../database/sql.ts';
import { defineProblem } from '../errors.ts';
import type { Reply } from './route.ts';

/** A key in progress longer than this belongs to a dead process: its next use takes over. */
const TAKE_OVER_AFTER = '60 seconds';

export const IdempotencyKeyMissing = defineProblem({
  code: 'idempotency.key_missing',
  status: 400,
  title: 'Idempotency-Key is required',
  detail: () =>
    'Send a header Idempotency-Key with a value of your own (8 to 128 characters), the same for every retry of this request.',
});
export const IdempotencyKeyReused = defineProblem({
  code: 'idempotency.key_reused',
  status: 422,
  title: 'The Idempotency-Key was used for another request',
  detail: () => 'This key came with another body before. Use a new key for a new request.',
});
export const IdempotencyInProgress = defineProblem({
  code: 'idempotency.in_progress',
  status: 409,
  title: 'The first request is still being worked on',
  detail: () => 'Repeat the request with the same key in a moment: you will get its answer.',
  headers: () => ({ 'retry-after': '1' }),
});

const KEY_FORM = /^[\x21-\x7e]{8,128}$/;

interface StoredKey {
  request_hash: string;
  state: 'in_progress' | 'done';
  status: number;
  body: unknown;
  headers: Record<string, string> | null;
}

/** A UUID (version 8, RFC 9562) made of the parts: the same parts always give the same id. */
export function deterministicId(...parts: string[]): string {
  const bytes = createHash('sha256').update(parts.join('\u0000')).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Runs `work` once per (actor, route, key): the answer is stored with the key and replayed. A failed attempt frees the key, so that
 * the same request may be tried again; `work` gets an id that stays the same over all attempts.
 * @see draft-ietf-httpapi-idempotency-key-header
 */
export async function withIdempotency(
  sql: TenantSql,
  request: { key: string | undefined; actor: string; route: string; body: unknown },
  work: (idempotentId: string) => Promise<Reply>,
): Promise<Reply> {
  const { key, actor, route } = request;
  if (!key || !KEY_FORM.test(key)) throw IdempotencyKeyMissing();
  const hash = createHash('sha256')
    .update(json(request.body ?? null))
    .digest('base64url');
  const mine = await sql.run(
    q.raw(
      `insert into idempotency_keys as k (actor, route, key, request_hash, state) values (?, ?, ?, ?, 'in_progress')
       on conflict (actor, route, key) do update set locked_at = now()
       where k.state = 'in_progress' and k.request_hash = excluded.request_hash and k.locked_at < now() - ?::interval`,
      [actor, route, key, hash, TAKE_OVER_AFTER],
    ),
  );
  const row = { actor, route, key };
  if (mine === 0) {
    const stored = await sql.one<StoredKey>(
      q('idempotency_keys').where(row).select('request_hash', 'state', 'status', 'body', 'headers'),
    );
    if (!stored) throw IdempotencyInProgress();
    if (stored.request_hash !== hash) throw IdempotencyKeyReused();
    if (stored.state === 'in_progress') throw IdempotencyInProgress();
    return {
      status: stored.status,
      body: openBody(sql, row, stored.body),
      headers: { ...stored.headers, 'idempotency-replayed': 'true' },
    };
  }
  try {
    const reply = await work(deterministicId(sql.tenant.id, actor, route, key));
    await sql.run(
      q('idempotency_keys')
        .where(row)
        .update({
          state: 'done',
          status: reply.status,
          body: json(sql.vault.seal(BODY, json(reply.body ?? null), rowOf(row))),
          headers: json(reply.headers ?? {}),
        }),
    );
    return reply;
  } catch (error) {
    await sql.run(
      q('idempotency_keys')
        .where({ ...row, state: 'in_progress' })
        .delete(),
    );
    throw error;
  }
}

const BODY = 'idempotency_keys.body';
const rowOf = ({ actor, route, key }: { actor: string; route: string; key: string }) => `${actor} ${route} ${key}`;

/** Answers hold personal data, so they are kept sealed: a JSON string in place of the body. */
function openBody(sql: TenantSql, row: Parameters<typeof rowOf>[0], stored: unknown): unknown {
  return typeof stored === 'string' && readForm(stored)
    ? (JSON.parse(sql.vault.open(BODY, stored, rowOf(row))) as unknown)
    : stored;
}
