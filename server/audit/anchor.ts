import { createHmac, timingSafeEqual } from 'node:crypto';
import { q } from '../kernel/database/builder.ts';
import type { Sql } from '../kernel/database/sql.ts';
import type { ChainHead } from './repository.ts';

/** The end of a tenant's chain as it once was, signed with a key that is not in the database. */
export interface Anchor extends ChainHead {
  /** UTC day it is the last anchor of, `YYYY-MM-DD`. */
  day: string;
  anchored_at: Date;
  /** HMAC-SHA-256, base64url, of tenant, number, hash and time. */
  signature: string;
}

/** What anchors are signed with, one key a master key: the current one signs, those of before are still told while it rotates. */
export type AnchorKeys = readonly [Buffer, ...Buffer[]];

type Signed = Pick<Anchor, 'sequence' | 'hash' | 'anchored_at'>;

export const signAnchor = (key: Buffer, tenantId: string, { sequence, hash, anchored_at }: Signed): string =>
  createHmac('sha256', key)
    .update(`${tenantId}\n${sequence}\n${hash}\n${anchored_at.toISOString()}`)
    .digest('base64url');

type SignedAnchor = Signed & Pick<Anchor, 'signature'>;

export function isSigned(keys: readonly Buffer[], tenantId: string, anchor: SignedAnchor): boolean {
  const given = Buffer.from(anchor.signature);
  return keys.some((key) => {
    const expected = Buffer.from(signAnchor(key, tenantId, anchor));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

/** All anchors of a tenant, oldest first: one a day at most. */
export const readAnchors = (platform: Sql, tenantId: string): Promise<Anchor[]> =>
  platform.all(
    q('platform.audit_anchors')
      .where({ tenant_id: tenantId })
      .orderBy('day')
      .select('day', 'sequence', 'hash', 'anchored_at', 'signature'),
  );

/** Number of the newest anchor; 0 without one. */
export async function lastAnchored(platform: Sql, tenantId: string): Promise<number> {
  const row = await platform.one<{ last: number | null }>(
    q('platform.audit_anchors').where({ tenant_id: tenantId }).max('sequence as last'),
  );
  return row?.last ?? 0;
}

/** Writes today's anchor, or moves it on. One that is not newer than today's changes nothing. */
export const writeAnchor = (
  platform: Sql,
  key: Buffer,
  tenantId: string,
  head: ChainHead,
  now: Date,
): Promise<number> => {
  const anchor = { ...head, anchored_at: now };
  return platform.run(
    q.raw(
      `insert into platform.audit_anchors as a (tenant_id, day, sequence, hash, anchored_at, signature) values (?, ?, ?, ?, ?, ?)
       on conflict (tenant_id, day) do update set sequence = excluded.sequence, hash = excluded.hash,
         anchored_at = excluded.anchored_at, signature = excluded.signature
       where excluded.sequence > a.sequence`,
      [tenantId, now.toISOString().slice(0, 10), head.sequence, head.hash, now, signAnchor(key, tenantId, anchor)],
    ),
  );
};
