import { createHash } from 'node:crypto';

/** Hash before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** The link of an entry: SHA-256 (hex) over the previous link, its number, its time and its text. `append_audit` says the same in SQL. */
export const chainHash = (previousHash: string, entry: { sequence: number; at: string; body: string }): string =>
  createHash('sha256').update(`${previousHash}\n${entry.sequence}\n${entry.at}\n${entry.body}`).digest('hex');
