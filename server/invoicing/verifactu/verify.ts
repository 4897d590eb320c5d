import type { TenantSql } from '../../kernel/database/sql.ts';
import { brokenLink } from './record.ts';
import { listIssuers, listRecords } from './repository.ts';

const BATCH = 500;

export interface ChainVerdict {
  nif: string;
  records: number;
  /** Sequence of the first record that is not what was written, or is missing. */
  brokenAt?: number;
}

/** Walks the chain of every issuer of a tenant and reckons each hash again. */
export async function verifyVerifactu(sql: TenantSql): Promise<ChainVerdict[]> {
  const verdicts: ChainVerdict[] = [];
  for (const { nif, sequence, last_hash } of await listIssuers(sql)) {
    let last = { sequence: 0, hash: '' };
    let brokenAt: number | undefined;
    while (last.sequence < sequence && brokenAt === undefined) {
      const records = await listRecords(sql, nif, last.sequence, BATCH);
      brokenAt = records.length === 0 ? last.sequence + 1 : brokenLink(records, last);
      last = records.at(-1) ?? last;
    }
    if (brokenAt === undefined && last.sequence === sequence && last.hash !== last_hash) brokenAt = sequence;
    verdicts.push({ nif, records: sequence, ...(brokenAt === undefined ? {} : { brokenAt }) });
  }
  return verdicts;
}
