import { q } from '../kernel/database/builder.ts';
import type { Sql } from '../kernel/database/sql.ts';
import { isSigned, signAnchor, type Anchor, type AnchorKeys } from './anchor.ts';

const BATCH = 1000;

export interface ResignResult {
  /** Anchors that a master key of before had signed, and that the current one signs now. */
  resigned: number;
  /** Anchors that no known key signed: forged, or older than the keys that are known. */
  foreign: number;
}

type Row = Anchor & { tenant_id: string };

/**
 * Signs with the current key what keys of before signed, all tenants, in batches. Nothing is signed unseen: a row must bear a signature of
 * ours first, so that a rotation never makes a forged anchor a good one. May be run again, and beside processes that write anchors.
 */
export async function resignAnchors(platform: Sql, [current, ...before]: AnchorKeys): Promise<ResignResult> {
  const result: ResignResult = { resigned: 0, foreign: 0 };
  let last: Row | undefined;
  do {
    const rows = await readBatch(platform, last);
    const old = rows.filter((row) => !isSigned([current], row.tenant_id, row));
    const ours = old.filter((row) => isSigned(before, row.tenant_id, row));
    result.foreign += old.length - ours.length;
    if (ours.length > 0) result.resigned += await writeSignatures(platform, current, ours);
    last = rows.length === BATCH ? rows.at(-1) : undefined;
  } while (last);
  return result;
}

function readBatch(platform: Sql, after: Row | undefined): Promise<Row[]> {
  const rows = q('platform.audit_anchors')
    .orderBy(['tenant_id', 'day'])
    .limit(BATCH)
    .select('tenant_id', 'day', 'sequence', 'hash', 'anchored_at', 'signature');
  return platform.all(after ? rows.whereRaw('(tenant_id, day) > (?, ?)', [after.tenant_id, after.day]) : rows);
}

/** An anchor that moved on meanwhile was signed by whoever moved it: the signature it had must still be there. */
const writeSignatures = (platform: Sql, key: Buffer, rows: readonly Row[]): Promise<number> =>
  platform.run(
    q.raw(
      `update platform.audit_anchors as a set signature = n.fresh
       from unnest(?::uuid[], ?::date[], ?::text[], ?::text[]) as n (tenant_id, day, stale, fresh)
       where a.tenant_id = n.tenant_id and a.day = n.day and a.signature = n.stale`,
      [
        rows.map(({ tenant_id }) => tenant_id),
        rows.map(({ day }) => day),
        rows.map(({ signature }) => signature),
        rows.map((row) => signAnchor(key, row.tenant_id, row)),
      ],
    ),
  );
