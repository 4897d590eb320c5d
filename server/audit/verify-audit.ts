import type { Sql, TenantSql } from '../kernel/database/sql.ts';
import { isSigned, readAnchors, type Anchor, type AnchorKeys } from './anchor.ts';
import { GENESIS_HASH, chainHash } from './hash-chain.ts';
import { readChain, readHead, type ChainHead, type ChainedRow } from './repository.ts';

const BATCH = 1000;

export interface AuditVerification {
  /** Entries that were walked and hold. */
  entries: number;
  /** Number of the first entry that is missing, was changed, moved or put in; absent when the log is whole. */
  brokenAt?: number;
  reason?: string;
  /** Number of the newest anchor; 0 before the first. Entries after it are held by the chain alone. */
  anchoredUpTo: number;
  /** The end of the log, to be kept elsewhere and compared later. */
  head: ChainHead;
}

interface Break {
  brokenAt: number;
  reason: string;
}

/**
 * Walks a tenant's whole chain and compares it with its anchors. A changed, moved, inserted or missing entry breaks a link; a chain that
 * was cut off or written anew holds in itself, and differs from an anchor. Only what was there when it began is walked.
 * @param expected an end of the log that was kept outside, e.g. in the log archive
 */
export async function verifyAudit(
  deps: { platform: Sql; keys: AnchorKeys },
  sql: TenantSql,
  expected?: ChainHead,
): Promise<AuditVerification> {
  // Anchors first: one written meanwhile would name entries that the walk does not reach.
  const anchors = await readAnchors(deps.platform, sql.tenant.id);
  const head = await readHead(sql);
  const anchoredUpTo = Math.max(0, ...anchors.map(({ sequence }) => sequence));
  const forged = anchors.find((anchor) => !isSigned(deps.keys, sql.tenant.id, anchor));
  const points = [...anchors, ...(expected ? [expected] : [])].sort((a, b) => a.sequence - b.sequence);
  const walked = await walk(sql, head, points);
  const broken = walked.broken ?? (forged && forgedAnchor(forged, anchors));
  return { entries: walked.entries, ...broken, anchoredUpTo, head: { sequence: head.sequence, hash: head.hash } };
}

const forgedAnchor = (forged: Anchor, anchors: readonly Anchor[]): Break => ({
  brokenAt: (anchors[anchors.indexOf(forged) - 1]?.sequence ?? 0) + 1,
  reason: `the anchor of ${forged.day} is not signed by this installation (was MASTER_KEY changed without \`portolan keys rotate-master\`?)`,
});

async function walk(
  sql: TenantSql,
  head: ChainHead & { last: number },
  points: readonly ChainHead[],
): Promise<{ entries: number; broken?: Break }> {
  const anchored = new Map(points.map(({ sequence, hash }) => [sequence, hash]));
  const end = Math.max(head.sequence, points.at(-1)?.sequence ?? 0);
  let previous: ChainHead = { sequence: 0, hash: GENESIS_HASH };
  let held = 0;
  const fail = (brokenAt: number, reason: string) => ({ entries: brokenAt - 1, broken: { brokenAt, reason } });
  for (let more = true; more;) {
    const rows = await readChain(sql, previous.sequence, BATCH);
    for (const row of rows) {
      if (previous.sequence === end) break;
      const fault = faultOf(previous, row);
      if (fault) return fail(previous.sequence + 1, fault);
      const anchor = anchored.get(row.sequence);
      if (anchor !== undefined && anchor !== row.hash)
        return fail(held + 1, `entry ${row.sequence} is not the one that was anchored`);
      if (anchor !== undefined) held = row.sequence;
      previous = row;
    }
    more = rows.length === BATCH && previous.sequence < end;
  }
  if (previous.sequence < end) return fail(previous.sequence + 1, `the log ends here; it once had ${end} entries`);
  if (head.last > head.sequence) return fail(head.sequence + 1, 'the end of the chain was set back');
  if (previous.sequence === head.sequence && previous.hash !== head.hash)
    return fail(Math.max(1, head.sequence), 'the end of the chain names another entry');
  return { entries: previous.sequence };
}

function faultOf(previous: ChainHead, row: ChainedRow): string | undefined {
  if (row.sequence !== previous.sequence + 1) return 'the entry is missing';
  if (row.previous_hash !== previous.hash) return 'the entry does not follow the one before it';
  return chainHash(previous.hash, row) === row.hash ? undefined : 'the entry was changed';
}
